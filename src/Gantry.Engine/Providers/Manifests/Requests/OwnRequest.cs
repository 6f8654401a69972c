using System.Security;
using Gantry.Engine.Expressions;
using Gantry.Engine.Providers.Manifests.Connections;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Providers.Manifests.Requests;

/// <summary>Makes a request of a manifest's own: to verify, to fetch a token.</summary>
internal static class OwnRequest
{
    public static RequestDraft Make(Manifest manifest, ManifestRequest request, ManifestScope scope, bool hasConstants)
    {
        try
        {
            var target = request.Call.Make(scope, name => throw new ExpressionException($"'{name}' is not known here"));
            var draft = new RequestDraft(request.Call.Method, scope) { Address = BaseAddress.Join(manifest, scope, target, isOwnWord: !hasConstants && !request.Call.IsReference) };
            foreach (var (name, text) in (hasConstants ? manifest.Constants.Headers : []).Concat(request.Headers))
            {
                if (text.FindText(scope) is { } value)
                {
                    draft.SetHeader(name, value);
                }
            }

            foreach (var (name, text) in (hasConstants ? manifest.Constants.Query : []).Concat(request.Query))
            {
                if (text.FindText(scope) is { } value)
                {
                    draft.SetQuery(name, value);
                }
            }

            WriteBody(draft, request, scope);
            if (hasConstants && draft.Root is BodyMap root && manifest.Constants.Body?.Make(scope) is BodyMap constants)
            {
                foreach (var (name, value) in constants.Members)
                {
                    root.Set([name], value);
                }
            }

            return draft;
        }
        catch (ExpressionException exception)
        {
            throw new ProviderException(new ProviderError { Kind = ProviderErrorKind.Unauthorized, Message = $"{manifest.Name} cannot be asked: {exception.Message}." });
        }
    }

    private static void WriteBody(RequestDraft draft, ManifestRequest request, ManifestScope scope)
    {
        if (request.Form.Count > 0)
        {
            draft.Encoding = BodyEncoding.Form;
            foreach (var (name, text) in request.Form)
            {
                if (text.Find(scope) is { } value)
                {
                    draft.SetField(name, value);
                }
            }
        }
        else if (request.Json is { } json)
        {
            draft.Encoding = BodyEncoding.Json;
            draft.Root = json.Make(scope) ?? new BodyMap();
        }
        else if (request.Xml is { } xml)
        {
            draft.Encoding = BodyEncoding.Text;
            draft.ContentType = "application/xml; charset=utf-8";
            draft.Text = xml.Text(scope, value => SecurityElement.Escape(Values.Format(value)));
        }
        else if (request.GraphQL is { } query)
        {
            draft.SetField("query", Scalars.Text(query));
        }
    }
}
