using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Hub.Plans;
using Gantry.Hub.Web;

namespace Gantry.Hub.Executions;

/// <summary>
/// One step by itself, made a plan: what POST /api/plans/test-step takes. Inputs are what ${input.…} finds; outputs of other steps, by their ids, are what ${steps.…} finds.
/// </summary>
internal static class StepTest
{
    private const string OutputPrefix = "output_of_";

    /// <summary>The plan's text, and the inputs it is started with.</summary>
    public static async Task<(string Plan, JsonElement Inputs)> ReadAsync(HttpRequest request, ProviderCatalog providers, CancellationToken cancellationToken)
    {
        var body = PlanBody.Parse(await PlanBody.ReadTextAsync(request, cancellationToken));
        if (body.ValueKind != JsonValueKind.Object)
            throw ProblemException.Invalid("The body is an object with 'step', 'inputs', 'outputs' and 'dry_run'.");
        PlanBody.RefuseOthers(body, "step", "inputs", "outputs", "dry_run");
        var step = ObjectOf(body, "step") ?? throw ProblemException.Invalid("The field 'step' is missing: a step as a plan has it.");
        var inputs = ObjectOf(body, "inputs");
        var outputs = ObjectOf(body, "outputs");
        var isDryRun = body.TryGetProperty("dry_run", out var given) && given.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False or JsonValueKind.Null => false,
            _ => throw ProblemException.Invalid("The field 'dry_run' is true or false."),
        };
        if (isDryRun)
            RefuseWhatCannotRehearse(step, providers);
        return (PlanOf(step, inputs, outputs, isDryRun), InputsOf(inputs, outputs));
    }

    private static string PlanOf(JsonElement step, JsonElement? inputs, JsonElement? outputs, bool isDryRun) => ExecutionJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("name", "test of one step");
        json.WriteStartObject("inputs");
        foreach (var input in Members(inputs))
            json.WriteString(input.Name, "any");
        foreach (var output in Members(outputs))
            json.WriteString(OutputPrefix + output.Name, "any");
        json.WriteEndObject();
        json.WriteStartArray("steps");
        foreach (var output in Members(outputs))
        {
            // What comes with the start is not looked through for references.
            json.WriteStartObject();
            json.WriteString("id", output.Name);
            json.WriteString("use", "logic.transform");
            json.WriteStartObject("with");
            json.WriteString("value", $"${{input.{OutputPrefix}{output.Name}}}");
            json.WriteEndObject();
            json.WriteEndObject();
        }

        WriteStep(json, step, isDryRun);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void WriteStep(Utf8JsonWriter json, JsonElement step, bool isDryRun)
    {
        json.WriteStartObject();
        foreach (var member in step.EnumerateObject().Where(member => member.Name != "needs" && !(isDryRun && member.Name is "with" or "params")))
            member.WriteTo(json);
        if (isDryRun)
        {
            json.WriteStartObject("with");
            foreach (var parameter in Members(ObjectOf(step, "with") ?? ObjectOf(step, "params")).Where(parameter => parameter.Name != "dry_run"))
                parameter.WriteTo(json);
            json.WriteBoolean("dry_run", true);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static JsonElement InputsOf(JsonElement? inputs, JsonElement? outputs) => ExecutionJson.Parse(ExecutionJson.Write(json =>
    {
        json.WriteStartObject();
        foreach (var input in Members(inputs))
            input.WriteTo(json);
        foreach (var output in Members(outputs))
        {
            json.WritePropertyName(OutputPrefix + output.Name);
            output.Value.WriteTo(json);
        }

        json.WriteEndObject();
    }));

    private static void RefuseWhatCannotRehearse(JsonElement step, ProviderCatalog providers)
    {
        var use = step.TryGetProperty("use", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString()! : "";
        var parts = use.Split('.', 2);
        if (parts.Length != 2 || providers.FindAction(parts[0], parts[1]) is not { } found)
            throw new ProblemException(422, "Only a step that performs an action ('use') can be rehearsed by 'dry_run'.");
        if (!found.Parameters.Any(parameter => parameter.Name == "dry_run"))
            throw new ProblemException(422, $"The action '{use}' cannot say what it would do without doing it. Leave 'dry_run' out to perform it.");
    }

    private static IEnumerable<JsonProperty> Members(JsonElement? value) => value is { } found ? found.EnumerateObject() : [];

    /// <summary>Null when it was not given.</summary>
    private static JsonElement? ObjectOf(JsonElement body, string name)
    {
        if (!body.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind == JsonValueKind.Object ? value : throw ProblemException.Invalid($"The field '{name}' is an object.");
    }
}
