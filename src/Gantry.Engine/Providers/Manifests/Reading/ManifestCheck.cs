using Gantry.Engine.Documents;
using Gantry.Engine.Expressions;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Providers.Manifests.Reading;

/// <summary>What only the whole manifest tells: whether what is referred to is there.</summary>
internal sealed class ManifestCheck(Manifest manifest, DocumentNode root, ManifestFindings findings)
{
    private static readonly string[] AnswerRoots = ["answer", "connection", "input", "token"];

    private static readonly string[] RequestMembers =
        ["method", "path", "target", "query", "url", "host", "body", "body_sha256", "body_md5", "timestamp", "timestamp_ms", "expires", "date", "nonce", "signature"];

    /// <summary>Every reference of a text, at any depth.</summary>
    public static IEnumerable<Reference> References(ManifestText text) => text.Template.Expressions.SelectMany(ReferencesIn);

    public void Check()
    {
        CheckText(manifest.BaseUrl, "base_url", ["connection", "token"]);
        CheckAddress(manifest.BaseUrl, "base_url");
        foreach (var host in manifest.Hosts)
        {
            CheckText(host, "hosts", ["connection", "token"]);
        }

        CheckConstants(manifest.Constants, "", ["connection", "token"], null);
        if (manifest.Verify is { } verify)
        {
            CheckRequest(verify, "verify", ["connection", "token"]);
            CheckHost(verify.Call, At("verify"));
        }

        CheckText(manifest.Errors.When, "errors", AnswerRoots);
        for (var index = 0; index < manifest.Auth.Count; index++)
        {
            CheckAuth(manifest.Auth[index]);
        }

        foreach (var action in manifest.Actions)
        {
            CheckAction(action);
        }
    }

    private static IEnumerable<Reference> ReferencesIn(Expression expression) =>
        expression is Reference reference ? [reference] : expression.Parts.SelectMany(ReferencesIn);

    private void CheckAuth(ManifestAuth auth)
    {
        string[] roots = auth.Kind is AuthKind.Hmac ? ["connection", "request"] : ["connection"];
        foreach (var text in auth.Texts.Values.Concat(auth.Signed.Select(part => part.Text)))
        {
            CheckText(text, "auth", roots);
        }

        string[] sendRoots = auth.HasToken || auth.Jwt is not null ? [.. roots, "token"] : roots;
        foreach (var place in auth.Send)
        {
            CheckText(place.Value, "auth", sendRoots);
            CheckText(place.Name, "auth", sendRoots);
        }

        CheckText(auth.Token.RefreshWhen, "auth", AnswerRoots);
        if (auth.Exchange is { } exchange)
        {
            CheckRequest(exchange, "auth", ["connection"]);
        }

        foreach (var text in new[] { auth.OAuth2?.AuthorizeUrl, auth.OAuth2?.TokenUrl, auth.OAuth2?.RefreshUrl, auth.OAuth2?.DeviceUrl, auth.OAuth2?.RevokeUrl, auth.Jwt?.TokenUrl }.OfType<ManifestText>())
        {
            CheckText(text, "auth", ["connection", "token"]);
            CheckAddress(text, "auth");
        }

        foreach (var (_, text) in (auth.OAuth2?.TokenParameters ?? []).Concat(auth.OAuth2?.AuthorizeParameters ?? []).Concat(auth.Jwt?.Parameters ?? []).Concat(auth.Jwt?.Header ?? []))
        {
            CheckText(text, "auth", ["connection", "token"]);
        }

        foreach (var text in auth.Jwt?.Claims?.Texts ?? [])
        {
            CheckText(text, "auth", ["connection"]);
        }
    }

    private void CheckAction(ManifestAction action)
    {
        var place = At("actions", action.Id);
        string[] roots = ["connection", "token", "input"];
        CheckText(action.Call.Target, place, roots, action);
        CheckHost(action.Call, place);
        CheckConstants(action.Constants, $"actions.{action.Id}", roots, action);
        CheckText(action.Xml, place, roots, action);
        CheckText(action.SoapAction, place, roots, action);
        CheckText(action.Errors.When, place, AnswerRoots, action);
        if (action.Poll is { } poll)
        {
            CheckText(poll.Call.Target, place, [.. AnswerRoots, "job"], action);
            CheckText(poll.Until, place, [.. AnswerRoots, "job"], action);
            CheckText(poll.FailedWhen, place, [.. AnswerRoots, "job"], action);
            foreach (var (_, text) in poll.Query)
            {
                CheckText(text, place, [.. roots, "job"], action);
            }
        }

        foreach (var unknown in action.Auth.Where(id => manifest.Auth.All(auth => auth.Id != id)))
        {
            findings.Add(place, $"There is no way to sign in that is called '{unknown}'.{NearestName.Hint(unknown, manifest.Auth.Select(auth => auth.Id))}");
        }

        if (new object?[] { action.GraphQL, action.Xml, action.Rpc }.Count(body => body is not null) > 1)
        {
            findings.Add(place, $"'{action.Id}' has one body: graphql, xml or rpc.");
        }

        foreach (var parameter in action.Parameters)
        {
            CheckParameter(action, parameter, place);
        }
    }

    private void CheckParameter(ManifestAction action, ManifestParameter parameter, DocumentPosition place)
    {
        if (parameter.Place == ParameterPlace.Path && !action.Call.ParameterNames.Contains(parameter.Id, StringComparer.Ordinal) && !action.Call.ParameterNames.Contains(parameter.Name, StringComparer.Ordinal))
        {
            findings.Add(place, $"'{parameter.Id}' is a part of the path, which does not name it.");
        }

        if (parameter is { Place: ParameterPlace.Path, IsRequired: false, Default: null })
        {
            findings.Add(place, $"'{parameter.Id}' is a part of the path, and so it is required.");
        }

        if (parameter.OptionsFrom is { } list && manifest.FindAction(list) is null)
        {
            findings.Add(place, $"'{parameter.Id}' has its choices from the action '{list}', which is not there.");
        }

        if (ManifestProvider.IsOwnName(action, parameter.Id))
        {
            findings.Add(place, $"'{parameter.Id}' is a parameter that every such action has by itself. Call it something else, and say 'name: {parameter.Id}'.");
        }
    }

    private void CheckConstants(ManifestConstants constants, string path, string[] roots, ManifestAction? action)
    {
        var place = path.Length == 0 ? root.Position : At("actions", action!.Id);
        foreach (var text in constants.Headers.Concat(constants.Query).Select(pair => pair.Value).Concat(constants.Body?.Texts ?? []))
        {
            CheckText(text, place, roots, action);
        }
    }

    private void CheckRequest(ManifestRequest request, string field, string[] roots)
    {
        foreach (var text in request.Headers.Concat(request.Query).Concat(request.Form).Select(pair => pair.Value)
            .Concat(request.Json?.Texts ?? []).Append(request.Call.Target).Append(request.Xml).OfType<ManifestText>())
        {
            CheckText(text, field, roots);
        }

        foreach (var name in request.Call.ParameterNames)
        {
            findings.Add(At(field), $"The path names {{{name}}}, and a request of its own has no parameters: write ${{connection.{name}}}.");
        }
    }

    private void CheckText(ManifestText? text, string field, string[] roots) => CheckText(text, At(field), roots, null);

    private void CheckText(ManifestText? text, DocumentPosition place, string[] roots, ManifestAction? action)
    {
        foreach (var reference in text is null ? [] : References(text).Where(reference => !reference.IsPerItem))
        {
            if (Problem(reference, roots, action) is { } problem)
            {
                findings.Add(place, $"${{{reference}}}: {problem}");
            }
        }
    }

    private string? Problem(Reference reference, string[] roots, ManifestAction? action)
    {
        if (!roots.Contains(reference.Root, StringComparer.Ordinal))
        {
            return $"There is no '{reference.Root}' here: {string.Join(", ", roots)} can be referred to.";
        }

        var name = reference.Segments is [var first, ..] ? first.Name : null;
        return (reference.Root, name) switch
        {
            ("answer" or "job", _) => null,
            (_, null) => $"A name stands behind '{reference.Root}.'.",
            ("connection", _) when manifest.Fields.All(field => field.Name != name) =>
                $"No connection has a field '{name}'.{NearestName.Hint(name, manifest.Fields.Select(field => field.Name))}",
            ("input", _) when action is not null && action.Parameters.All(parameter => parameter.Id != name) =>
                $"The action has no parameter '{name}'.{NearestName.Hint(name, action.Parameters.Select(parameter => parameter.Id))}",
            ("token", _) when !manifest.Auth.Any(auth => auth.HasToken || auth.Jwt is not null) => "No way to sign in has a token.",
            ("request", _) when !RequestMembers.Contains(name, StringComparer.Ordinal) => $"Of the request there are {string.Join(", ", RequestMembers)}.",
            _ => null,
        };
    }

    private void CheckAddress(ManifestText text, string field)
    {
        var source = text.Source;
        if (!source.StartsWith("https://", StringComparison.Ordinal) && !source.StartsWith("http://", StringComparison.Ordinal) && !source.StartsWith("${", StringComparison.Ordinal))
        {
            findings.Add(At(field), $"'{source}' begins with https://, or with a reference to a whole address.");
        }

        if (field == "base_url" && source.EndsWith('/'))
        {
            findings.Add(At(field), "'base_url' has no '/' at its end: the paths of actions begin with one.");
        }
    }

    /// <summary>An address that is written out goes to a host that the manifest names.</summary>
    private void CheckHost(ManifestCall call, DocumentPosition place)
    {
        var target = call.Target.Source;
        if (!target.StartsWith("https://", StringComparison.Ordinal))
        {
            return;
        }

        var host = HostOf(target);
        if (host.Contains("${", StringComparison.Ordinal))
        {
            // Only the connection tells; it is held to the hosts when it is asked.
            return;
        }

        if (host != HostOf(manifest.BaseUrl.Source) && !manifest.Hosts.Any(known => known.Source == host || (known.Source.StartsWith("*.", StringComparison.Ordinal) && host.EndsWith(known.Source[1..], StringComparison.Ordinal))))
        {
            findings.Add(place, $"'{host}' is neither the host of base_url nor one of 'hosts'.");
        }
    }

    private static string HostOf(string address)
    {
        var start = address.IndexOf("://", StringComparison.Ordinal) is var scheme and >= 0 ? scheme + 3 : 0;
        var end = address.IndexOfAny(['/', '?'], start);
        return end < 0 ? address[start..] : address[start..end];
    }

    private DocumentPosition At(string field) => root.Find(field)?.Position ?? root.Position;

    private DocumentPosition At(string field, string name) => root.Find(field)?.Value.Find(name)?.Position ?? At(field);
}
