using System.Buffers;
using System.Text;
using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Engine.Settings;
using Gantry.Hub.Web;

namespace Gantry.Hub.Plans;

/// <summary>
/// Bodies that bear a plan. YAML bodies are the plan's text. JSON bodies are the plan itself, or hold it in 'plan' (an object, or the text
/// of a YAML or JSON document) beside the other fields of the route.
/// </summary>
internal static class PlanBody
{
    private const int DepthMax = 64;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The plan's text as it was given.</summary>
    public static async Task<string> ReadPlanAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var text = await ReadTextAsync(request, cancellationToken);
        if (IsYaml(request))
            return text;
        var body = Parse(text);
        if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty("plan", out var plan))
            return text;
        RefuseOthers(body, "plan");
        return PlanText(plan) ?? throw ProblemException.Invalid("The field 'plan' is a plan, or the text of one.");
    }

    /// <summary>The body's text; UTF-8 and no longer than a plan and its surroundings may be.</summary>
    public static async Task<string> ReadTextAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        RefuseOtherTypes(request);
        try
        {
            while (true)
            {
                var read = await request.BodyReader.ReadAsync(cancellationToken);
                if (read.IsCompleted)
                {
                    var text = TextOf(request, read.Buffer);
                    return text.Length > 0 ? text : throw ProblemException.Invalid("The body is empty; this route needs one.");
                }

                request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        catch (DecoderFallbackException)
        {
            throw ProblemException.Invalid("The body is not UTF-8.");
        }
    }

    public static JsonElement Parse(string text, int depthMax = DepthMax)
    {
        if (HalfPairs.AreIn(text))
            throw ProblemException.Invalid("The body holds half of a surrogate pair (a lone \\ud800 to \\udfff), which is no character.");
        try
        {
            return JsonElement.Parse(text, new JsonDocumentOptions { MaxDepth = depthMax, AllowDuplicateProperties = false });
        }
        catch (JsonException exception)
        {
            throw ProblemException.Invalid(JsonProblem.Describe(exception));
        }
    }

    /// <summary>Null when the value is neither an object nor a text.</summary>
    public static string? PlanText(JsonElement plan) => plan.ValueKind switch
    {
        JsonValueKind.Object => plan.GetRawText(),
        JsonValueKind.String => plan.GetString(),
        _ => null,
    };

    /// <exception cref="ProblemException">The object has a field that is none of these.</exception>
    public static void RefuseOthers(JsonElement body, params ReadOnlySpan<string> known)
    {
        foreach (var field in body.EnumerateObject())
        {
            if (!known.Contains(field.Name))
                throw ProblemException.Invalid($"The field '{field.Name}' is unknown here. The fields are {string.Join(", ", known!)}.");
        }
    }

    public static bool IsYaml(HttpRequest request) =>
        MediaTypeOf(request) is "application/yaml" or "application/x-yaml" or "text/yaml" or "text/x-yaml";

    /// <summary>Takes the body from its reader, also when it is no text.</summary>
    private static string TextOf(HttpRequest request, in ReadOnlySequence<byte> body)
    {
        try
        {
            return Utf8.GetString(body);
        }
        finally
        {
            request.BodyReader.AdvanceTo(body.End);
        }
    }

    private static void RefuseOtherTypes(HttpRequest request)
    {
        if (!IsYaml(request) && !request.HasJsonContentType())
            throw new ProblemException(415, "Send the plan as JSON ('Content-Type: application/json') or as YAML ('Content-Type: application/yaml').");
    }

    private static string? MediaTypeOf(HttpRequest request) =>
        request.ContentType?.Split(';', 2)[0].Trim().ToLowerInvariant();
}

/// <summary>A plan that cannot be run, with everything that is wrong with it, each with line and column.</summary>
internal static class PlanProblem
{
    /// <summary>A problem (RFC 9457) whose 'errors' are the findings.</summary>
    public static IResult Of(IReadOnlyList<PlanFinding> findings) => Results.Problem(
        title: "Not possible",
        statusCode: StatusCodes.Status422UnprocessableEntity,
        detail: findings.Count == 1
            ? $"The plan cannot be run: {findings[0]}"
            : $"The plan cannot be run: {findings.Count} things are wrong with it. The first: {findings[0]}",
        extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["errors"] = findings });
}
