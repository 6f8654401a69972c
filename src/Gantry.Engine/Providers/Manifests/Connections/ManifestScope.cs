using System.Text.Json;
using Gantry.Engine.Expressions;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Providers.Manifests.Connections;

/// <summary>What the references of a manifest find while one request is made or one answer read. It keeps which fields of the connection were looked at.</summary>
internal sealed class ManifestScope(Connection connection) : Scope
{
    private readonly HashSet<string> used = new(StringComparer.Ordinal);

    public Connection Connection => connection;

    /// <summary>The action's parameters; undefined when there are none.</summary>
    public JsonElement Input { get; init; }

    /// <summary>A map; undefined when there is no token.</summary>
    public JsonElement Token { get; set; }

    public JsonElement Answer { get; set; }

    public JsonElement Job { get; set; }

    /// <summary>Of the request that is being signed, by name.</summary>
    public Func<string, string?>? Request { get; set; }

    /// <summary>The fields of the connection that are in what was made with this scope.</summary>
    public IReadOnlyCollection<string> UsedFields => used;

    public void Use(IEnumerable<string> fields) => used.UnionWith(fields);

    public ManifestScope With(JsonElement answer) => new(connection) { Input = Input, Token = Token, Job = Job, Answer = answer };

    protected override Answer FindRoot(Reference reference, out int taken)
    {
        taken = 1;
        var name = reference.Segments is [var first, ..] ? first.Name : "";
        switch (reference.Root)
        {
            case "connection" when connection.Find(name) is { } value:
                used.Add(name);
                return value;
            case "connection":
                return Expressions.Answer.None($"the connection '{connection.Name}' has no '{name}'.");
            case "input" when Input.ValueKind == JsonValueKind.Object && Input.TryGetProperty(name, out var given) && given.ValueKind != JsonValueKind.Null:
                return given;
            case "input":
                return Expressions.Answer.None($"'{name}' is not given.");
            case "token" when Token.ValueKind == JsonValueKind.Object && Token.TryGetProperty(name, out var kept):
                return kept;
            case "token":
                return Expressions.Answer.None($"the token has no '{name}'.");
            case "request" when Request?.Invoke(name) is { } part:
                return Scalars.Text(part);
            case "answer" when Answer.ValueKind != JsonValueKind.Undefined:
                taken = 0;
                return Answer;
            case "job" when Job.ValueKind != JsonValueKind.Undefined:
                taken = 0;
                return Job;
            default:
                return Expressions.Answer.None($"there is no '{reference.Root}' here.");
        }
    }
}
