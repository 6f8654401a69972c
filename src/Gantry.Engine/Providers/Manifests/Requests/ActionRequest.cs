using System.Security;
using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Expressions;
using Gantry.Engine.Providers.Manifests.Connections;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Providers.Manifests.Requests;

/// <summary>Makes the request of an action out of its parameters, without what signs in.</summary>
internal sealed class ActionRequest(Manifest manifest, ManifestAction action, ManifestScope scope)
{
    private readonly RequestDraft draft = new(action.Call.Method, scope) { Address = "" };

    public async ValueTask<RequestDraft> MakeAsync(string idempotencyKey, IEndpointOpener endpoints, CancellationToken cancellationToken)
    {
        try
        {
            Begin();
            foreach (var parameter in action.Parameters)
            {
                if (scope.Input.TryGetProperty(parameter.Id, out var value) && value.ValueKind != JsonValueKind.Null)
                {
                    await PlaceAsync(parameter, value, endpoints, cancellationToken);
                }
            }

            if (action.Idempotency is { } key)
            {
                draft.Set(key.Place, key.Name, Scalars.Text(KeyOf(idempotencyKey)));
            }

            return draft;
        }
        catch (ExpressionException exception)
        {
            throw new ProviderException(new ProviderError { Kind = ProviderErrorKind.BadRequest, Message = $"{manifest.Id}.{action.Id} cannot be asked: {exception.Message}." });
        }
    }

    /// <summary>Vendors take keys of 36 characters, hardly any take 64: as a UUID (RFC 9562, version 8) it is as long as they expect.</summary>
    internal static string KeyOf(string key)
    {
        var hex = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(key)));
        return $"{hex[..8]}-{hex[8..12]}-8{hex[13..16]}-a{hex[17..20]}-{hex[20..32]}";
    }

    private void Begin()
    {
        var target = action.Call.Make(scope, PathParameter);
        draft.Address = BaseAddress.Join(manifest, scope, target);
        foreach (var (name, text) in manifest.Constants.Headers.Concat(action.Constants.Headers))
        {
            if (text.FindText(scope) is { } value)
            {
                draft.SetHeader(name, value);
            }
        }

        foreach (var (name, text) in manifest.Constants.Query.Concat(action.Constants.Query))
        {
            if (text.FindText(scope) is { } value)
            {
                draft.SetQuery(name, value);
            }
        }

        BeginBody();
    }

    private void BeginBody()
    {
        draft.ContentType = action.ContentType;
        if (!action.HasBody && (action.Call.IsRead || action.Call.Method == "DELETE" || manifest.Constants.Body is null))
        {
            return;
        }

        draft.Encoding = action.Encoding ?? (action.Parameters.Any(parameter => parameter.Place == ParameterPlace.File) ? BodyEncoding.Multipart
            : action.Parameters.Any(parameter => parameter.Place == ParameterPlace.Form) ? BodyEncoding.Form : BodyEncoding.Json);
        if (action.Xml is { } xml)
        {
            draft.Encoding = BodyEncoding.Text;
            draft.Text = xml.Text(scope, value => SecurityElement.Escape(Values.Format(value)));
            draft.ContentType ??= action.SoapAction is null ? "application/xml; charset=utf-8" : "text/xml; charset=utf-8";
            if (action.SoapAction?.FindText(scope) is { } soap)
            {
                draft.SetHeader("SOAPAction", $"\"{soap}\"");
            }

            return;
        }

        if (action.GraphQL is { } query)
        {
            draft.SetField("query", Scalars.Text(query));
        }
        else if (action.Rpc is { } method)
        {
            draft.FieldsUnder = "params";
            draft.SetField("jsonrpc", Scalars.Text("2.0"));
            draft.SetField("id", JsonElement.Parse("1"));
            draft.SetField("method", Scalars.Text(method));
        }
        else if (draft.Encoding == BodyEncoding.Json)
        {
            draft.Root = new BodyMap();
        }

        AddConstants(manifest.Constants.Body);
        AddConstants(action.Constants.Body);
    }

    private void AddConstants(ManifestValue? body)
    {
        if (body?.Make(scope) is not { } made)
        {
            return;
        }

        if (draft.Encoding is BodyEncoding.Form or BodyEncoding.Multipart && made is BodyMap fields)
        {
            foreach (var (name, value) in fields.Members)
            {
                draft.SetField(name, JsonElement.Parse(value.ToJson()));
            }
        }
        else if (draft.Encoding is BodyEncoding.Text or BodyEncoding.Binary)
        {
            draft.Text = made is BodyValue { Value: var text } ? StyledValue.Text(text) : System.Text.Encoding.UTF8.GetString(made.ToJson());
        }
        else if (made is BodyMap map && draft.Root is BodyMap root)
        {
            foreach (var (name, value) in map.Members)
            {
                root.Set(draft.FieldsUnder is null ? [name] : [draft.FieldsUnder, name], value);
            }
        }
        else
        {
            draft.Root = made;
        }
    }

    private string PathParameter(string name)
    {
        var parameter = action.Parameters.First(parameter => parameter.Place == ParameterPlace.Path && (parameter.Id == name || parameter.Name == name));
        return scope.Input.TryGetProperty(parameter.Id, out var value) && value.ValueKind != JsonValueKind.Null
            ? PathValue.Encode(StyledValue.Text(value), parameter.IsRawPath, parameter.Id)
            : throw new ExpressionException($"'{parameter.Id}' is a part of the path, and is not given");
    }

    private async ValueTask PlaceAsync(ManifestParameter parameter, JsonElement value, IEndpointOpener endpoints, CancellationToken cancellationToken)
    {
        if (parameter.Type == ManifestType.File || (parameter.Items?.Type == ManifestType.File && value.ValueKind == JsonValueKind.Array))
        {
            foreach (var address in value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : (IEnumerable<JsonElement>)[value])
            {
                draft.Files.Add(KeyValuePair.Create(parameter.Name, await FileSource.OpenAsync(StyledValue.Text(address), endpoints, parameter.Id, cancellationToken)));
            }

            if (draft.Encoding is not (BodyEncoding.Multipart or BodyEncoding.Binary))
            {
                draft.Encoding = parameter.Place == ParameterPlace.BodyRoot ? BodyEncoding.Binary : BodyEncoding.Multipart;
            }

            return;
        }

        switch (parameter.Place)
        {
            case ParameterPlace.Path or ParameterPlace.Template:
                break;
            case ParameterPlace.Query:
                draft.SetQuery(StyledValue.Write(parameter.Name, value, parameter.Style));
                break;
            case ParameterPlace.Header:
                draft.SetHeader(parameter.Name, StyledValue.Text(value));
                break;
            case ParameterPlace.Cookie:
                draft.SetCookie(parameter.Name, StyledValue.Text(value));
                break;
            case ParameterPlace.Variable:
                draft.SetField($"variables.{parameter.Name}", value);
                break;
            case ParameterPlace.BodyRoot:
                PlaceRoot(value);
                break;
            case ParameterPlace.Body when draft.Encoding is BodyEncoding.Text or BodyEncoding.Binary && action.Xml is null:
                draft.Text = StyledValue.Text(value);
                break;
            case ParameterPlace.Body when draft.Encoding == BodyEncoding.Ndjson:
                draft.Root = new BodyValue(value);
                break;
            case ParameterPlace.Body when action.Xml is not null:
                break;
            default:
                draft.SetField(draft.FieldsUnder is null ? parameter.Name : $"{draft.FieldsUnder}.{parameter.Name}", value, parameter.Style);
                break;
        }
    }

    private void PlaceRoot(JsonElement value)
    {
        if (draft.Encoding is BodyEncoding.Text or BodyEncoding.Binary)
        {
            draft.Text = StyledValue.Text(value);
        }
        else if (draft.FieldsUnder is { } under)
        {
            draft.SetField(under, value);
        }
        else if (draft.Encoding is BodyEncoding.Form or BodyEncoding.Multipart && value.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in value.EnumerateObject())
            {
                draft.SetField(member.Name, member.Value);
            }
        }
        else if (draft.Root is BodyMap root && value.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in value.EnumerateObject())
            {
                root.Set([member.Name], new BodyValue(member.Value));
            }
        }
        else
        {
            draft.Root = new BodyValue(value);
        }
    }
}
