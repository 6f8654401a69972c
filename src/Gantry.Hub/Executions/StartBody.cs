using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gantry.Hub.Plans;
using Gantry.Hub.Web;

namespace Gantry.Hub.Executions;

/// <summary>
/// What POST /api/execute takes: {"plan": name, id or plan, "inputs": {…}}; or, as the older form has it, the plan itself, {"steps": […]};
/// or a plan as YAML.
/// </summary>
internal sealed record StartBody
{
    /// <summary>The name or id of a saved plan; null when the plan itself is given.</summary>
    public string? PlanName { get; private init; }

    /// <summary>The plan itself; null when a saved one is named.</summary>
    public string? PlanText { get; private init; }

    public JsonElement? Inputs { get; private init; }

    /// <summary>Tells requests with the same Idempotency-Key apart.</summary>
    public required byte[] Hash { get; init; }

    public static async Task<StartBody> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var text = await PlanBody.ReadTextAsync(request, cancellationToken);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        if (PlanBody.IsYaml(request))
            return new StartBody { PlanText = text, Hash = hash };
        var body = PlanBody.Parse(text);
        if (body.ValueKind != JsonValueKind.Object)
            throw ProblemException.Invalid("The body is an object with 'plan' and 'inputs'.");
        if (body.TryGetProperty("steps", out _))
            return new StartBody { PlanText = text, Hash = hash };
        PlanBody.RefuseOthers(body, "plan", "inputs");
        if (!body.TryGetProperty("plan", out var plan) || PlanBody.PlanText(plan) is not { Length: > 0 } given)
            throw ProblemException.Invalid("The field 'plan' is missing: the name of a saved plan, or a plan.");

        // A name is one line; a plan as text is several, or JSON.
        var isName = plan.ValueKind == JsonValueKind.String && !given.Contains('\n') && !given.TrimStart().StartsWith('{');
        return new StartBody
        {
            PlanName = isName ? given : null,
            PlanText = isName ? null : given,
            Inputs = body.TryGetProperty("inputs", out var inputs) ? inputs : null,
            Hash = hash,
        };
    }
}

/// <summary>What POST /api/executions/{id}/rerun takes: {"version": "same" or "newest", "from": a step or "failed", "inputs": {…}}, all of it optional.</summary>
internal sealed record RerunBody
{
    public bool IsNewest { get; private init; }

    /// <summary>What 'from' says for the step that failed.</summary>
    public const string FromFailed = "failed";

    /// <summary>The path or id of the first step that is made again, or <see cref="FromFailed"/>; null for all of them.</summary>
    public string? From { get; private init; }

    /// <summary>Null when the execution's own inputs are used.</summary>
    public JsonElement? Inputs { get; private init; }

    public required byte[] Hash { get; init; }

    public static async Task<RerunBody> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength is 0 || (request.ContentLength is null && request.ContentType is null))
            return new RerunBody { Hash = SHA256.HashData([]) };
        var text = await PlanBody.ReadTextAsync(request, cancellationToken);
        var body = PlanBody.Parse(text);
        if (body.ValueKind != JsonValueKind.Object)
            throw ProblemException.Invalid("The body is an object with 'version', 'from' and 'inputs', or is left out.");
        PlanBody.RefuseOthers(body, "version", "from", "inputs");
        var version = body.TryGetProperty("version", out var given) ? given : default;
        var isNewest = version.ValueKind switch
        {
            JsonValueKind.Undefined => false,
            JsonValueKind.String when version.ValueEquals("same") => false,
            JsonValueKind.String when version.ValueEquals("newest") => true,
            _ => throw ProblemException.Invalid("The field 'version' is \"same\" (what it ran) or \"newest\"."),
        };
        var from = body.TryGetProperty("from", out var first) && first.ValueKind != JsonValueKind.Null ? first : default;
        if (from.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.String))
            throw ProblemException.Invalid("The field 'from' is the path or the id of a step, as text, or \"failed\".");
        return new RerunBody
        {
            IsNewest = isNewest,
            From = from.ValueKind == JsonValueKind.String ? from.GetString() : null,
            Inputs = body.TryGetProperty("inputs", out var inputs) ? inputs : null,
            Hash = SHA256.HashData(Encoding.UTF8.GetBytes(text)),
        };
    }
}
