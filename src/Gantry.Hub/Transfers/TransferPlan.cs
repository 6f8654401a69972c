using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Endpoints.Limits;
using Gantry.Engine.Plans;
using Gantry.Engine.Transfers;
using Gantry.Hub.Executions;
using Gantry.Hub.Web;

namespace Gantry.Hub.Transfers;

/// <summary>A transfer as the plan it is: one step, or one for each target of a chain.</summary>
internal static class TransferPlan
{
    /// <summary>The options that hold at every link of a chain. The others choose files, and the later links take what arrived before.</summary>
    private static readonly HashSet<string> OfEveryLink = new(StringComparer.Ordinal)
    {
        "change", "verify", "links", "parallel", "parallel_source", "parallel_target", "retries", "bandwidth", "time_zone", "priority", "metadata",
    };

    /// <summary>Begins what a plan expands before a step sees it.</summary>
    private const string Reference = "${";

    /// <param name="spec">What is moved.</param>
    /// <param name="name">The plan's; null for one that is not saved.</param>
    /// <param name="description">Of a plan that is saved; null when it has none.</param>
    /// <param name="isTemplate">Whoever runs it may name the files.</param>
    public static string Write(TransferSpec spec, string? name = null, string? description = null, bool isTemplate = false)
    {
        // Names of files are data, and not texts of the plan, whose references are expanded.
        var takesFiles = isTemplate || spec.Files is not null;
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = isTemplate }))
        {
            json.WriteStartObject();
            if (name is not null)
                json.WriteString("name", name);
            if (description is not null)
                json.WriteString("description", description);
            if (takesFiles)
                WriteInputs(json);
            json.WriteStartArray("steps");
            for (var link = 0; link < spec.To.Count; link++)
                WriteStep(json, spec, link, takesFiles);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The inputs of the plan.</summary>
    public static string InputsOf(TransferSpec spec) =>
        spec.Files is null ? "{}" : JsonSerializer.Serialize(new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["files"] = spec.Files });

    /// <summary>The files that inputs of the plan name; null stands for all.</summary>
    /// <exception cref="ProblemException">They are no list of names.</exception>
    public static IReadOnlyList<string>? FilesOf(string inputs)
    {
        if (!ExecutionJson.Parse(inputs).TryGetProperty("files", out var files) || files.ValueKind == JsonValueKind.Null)
            return null;
        return files.ValueKind == JsonValueKind.Array && files.EnumerateArray().All(file => file.ValueKind == JsonValueKind.String)
            ? [.. files.EnumerateArray().Select(file => file.GetString()!)]
            : throw ProblemException.Invalid("The input 'files' is a list of paths of files and folders in 'from'.");
    }

    /// <summary>
    /// The same with the time and the execution put into its targets, as the execution itself would: what a link reads, and what a retry adds to, is where the files went.
    /// </summary>
    /// <exception cref="EndpointException">A target has a variable that is not known.</exception>
    public static TransferSpec Fix(TransferSpec spec, Guid execution)
    {
        var zone = spec.Options.TryGetValue("time_zone", out var named) && named.ValueKind == JsonValueKind.String ? LimitSettings.ZoneOf(named.GetString()!) : TimeZoneInfo.Utc;
        var values = new TemplateValues(ExecutionTime.Of(execution), zone, execution.ToString());
        return spec with { To = [.. spec.To.Select(to => to.Contains(Reference, StringComparison.Ordinal) ? to : AddressTemplate.Fix(to, values))] };
    }

    /// <summary>Where the link reads.</summary>
    public static string FromOf(TransferSpec spec, int link) => link == 0 ? spec.From[0] : RootOf(ToOf(spec, link - 1));

    /// <summary>Where the link writes. The targets of a chain are folders: a single file does not become the target's name.</summary>
    public static string ToOf(TransferSpec spec, int link)
    {
        var to = spec.To[link];
        if (!spec.IsChain || AddressTemplate.IsPerFile(to))
            return to;
        var query = to.Contains("://", StringComparison.Ordinal) ? to.IndexOf('?', StringComparison.Ordinal) : -1;
        var path = query < 0 ? to : to[..query];
        return path.EndsWith('/') || path.EndsWith(':') ? to : path + "/" + (query < 0 ? "" : to[query..]);
    }

    /// <summary>The folder below which a path with variables lies.</summary>
    public static string RootOf(string address) =>
        address.Contains(Reference, StringComparison.Ordinal) ? address : AddressTemplate.Resolve(address, new TemplateValues(default, TimeZoneInfo.Utc, "")).Address;

    private static void WriteInputs(Utf8JsonWriter json)
    {
        json.WriteStartObject("inputs");
        json.WriteStartObject("files");
        json.WriteString("type", "list");
        json.WriteNull("default");
        json.WriteString("description", "Only these files and folders, by their paths at the source.");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteStep(Utf8JsonWriter json, TransferSpec spec, int link, bool takesFiles)
    {
        json.WriteStartObject();
        json.WriteString("id", $"link{link + 1}");
        json.WriteString("use", "transfer." + spec.Mode);
        if (link < spec.To.Count - 1)
            json.WriteBoolean("keep_going", true);
        json.WriteStartObject("with");
        json.WriteString("from", FromOf(spec, link));
        json.WriteString("to", ToOf(spec, link));
        if (link == 0 && spec.From.Count > 1)
            WriteList(json, "more_from", spec.From.Skip(1));
        if (link == 0 && takesFiles)
            json.WriteString("files", "${input.files}");
        foreach (var (option, value) in spec.Options.Where(option => link == 0 || OfEveryLink.Contains(option.Key)))
        {
            json.WritePropertyName(option);
            value.WriteTo(json);
        }

        WriteChoice(json, spec.Choices?[link] ?? DefaultChoice(link));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static LinkChoice DefaultChoice(int link) => link == 0 ? new LinkChoice() : new LinkChoice { ArrivedIn = [LinkChoice.NameOf(LinkChoice.Self, link - 1)] };

    private static void WriteChoice(Utf8JsonWriter json, LinkChoice choice)
    {
        foreach (var (name, manifests) in new[] { ("arrived_in", choice.ArrivedIn), ("failed_in", choice.FailedIn), ("not_arrived_in", choice.NotArrivedIn) })
        {
            if (manifests is not null)
                WriteList(json, name, manifests);
        }
    }

    private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
