using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gantry.Engine.Documents;

namespace Gantry.Engine.Providers.Manifests.Rehearsals;

/// <summary>The part of a vendor that gives tokens: which requests are for one, and what it answers.</summary>
internal sealed partial class TokenDesk(DocumentNode manifest)
{
    public const string AccessToken = "gantry-access-token-1";

    private readonly IReadOnlyList<string> names = [.. Names(manifest).Distinct(StringComparer.Ordinal)];

    private IReadOnlyList<DocumentNode> Ways => manifest.Find("auth")?.Value.Items ?? [];

    public bool IsAsked(RecordedRequest request) => IsAt(request.Path, request.Host);

    /// <summary>The action is itself what fetches the token.</summary>
    public bool IsActionOf(DocumentNode action)
    {
        var address = SampleValues.Text(action, "call")!.Split(' ')[1].Split('?')[0];
        return IsAt(BeforePath.Replace(address.StartsWith('/') ? SampleValues.Text(manifest, "base_url") + address : address, ""), host: null);
    }

    public AnswerSketch Answer(string access)
    {
        var answer = new AnswerSketch();
        foreach (var (name, value) in Values(access))
        {
            answer.Set(PathOf(name) ?? name, value?.DeepClone());
        }

        return answer;
    }

    /// <summary>What a token is, with all that the manifest refers to.</summary>
    public JsonObject Values(string access)
    {
        var values = new JsonObject { ["access_token"] = access, ["token_type"] = "bearer" };
        foreach (var name in names.Where(name => name is not ("access_token" or "jwt") && values[name] is null))
        {
            values[name] = name.Contains("url", StringComparison.OrdinalIgnoreCase) || name.Contains("domain", StringComparison.OrdinalIgnoreCase) || name.Contains("endpoint", StringComparison.OrdinalIgnoreCase)
                ? "https://vendor.example.org" : $"gantry-{name.Replace('_', '-')}";
        }

        foreach (var member in Ways.SelectMany(auth => auth.Find("token")?.Value.Members ?? []))
        {
            if (values[member.Name] is null && member.Name is not ("expires_in" or "expires_at" or "scope" or "refresh_token"))
            {
                values[member.Name] = $"gantry-{member.Name.Replace('_', '-')}";
            }
        }

        return values;
    }

    /// <summary>What ${token.NAME} of the manifest names.</summary>
    private static IEnumerable<string> Names(DocumentNode node) => node.Kind switch
    {
        DocumentKind.Text => Reference.Matches(node.Text).Select(match => match.Groups["name"].Value),
        DocumentKind.Map => node.Members.SelectMany(member => Names(member.Value)),
        _ => node.Items.SelectMany(Names),
    };

    private string? PathOf(string name) => Ways.SelectMany(auth => (auth.Find("token")?.Value.Members ?? []).Concat(auth.Find("exchange")?.Value.Find("token")?.Value.Members ?? []))
        .FirstOrDefault(member => member.Name == name)?.Value.Text;

    /// <param name="path">Of a request.</param>
    /// <param name="host">Null is any.</param>
    private bool IsAt(string path, string? host) => Ways.Any(auth =>
    {
        string?[] addresses =
        [
            SampleValues.Text(auth, "token_url"), SampleValues.Text(auth, "refresh_url"),
            auth.Find("exchange")?.Value is { } exchange ? SampleValues.Text(exchange, "token_url") : null,
            auth.Find("request")?.Value is { } asked ? SampleValues.Text(asked, "call")!.Split(' ')[1] : null,
        ];
        return addresses.OfType<string>().Any(address =>
        {
            var target = Host.Replace(address.Split('?')[0], "");
            return target.Length > 0 && Fits(target, path, isEnd: true) && (host is null || address.StartsWith('/') || address.StartsWith('$') || Fits(Host.Match(address).Groups["host"].Value, host, isEnd: false));
        });
    });

    /// <summary>Whatever a reference may stand for.</summary>
    private static bool Fits(string template, string text, bool isEnd)
    {
        var pattern = Filling.Replace(Regex.Escape(template).Replace("\\{", "{", StringComparison.Ordinal), ".*");
        return Regex.IsMatch(text, $"{(isEnd ? "" : "^")}{pattern}$", RegexOptions.NonBacktracking);
    }

    [GeneratedRegex(@"\btoken\.(?<name>\w+)", RegexOptions.NonBacktracking)]
    private static partial Regex Reference { get; }

    [GeneratedRegex(@"^https?://(?<host>[^/]*)", RegexOptions.None, 1000)]
    private static partial Regex Host { get; }

    [GeneratedRegex(@"^(https?://[^/]*|\$\{[^}]*\})", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex BeforePath { get; }

    [GeneratedRegex(@"\\\$\{[^}]*\}", RegexOptions.None, 1000)]
    private static partial Regex Filling { get; }
}
