using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gantry.Engine.Plans;

/// <summary>Values that the runner makes itself.</summary>
internal static class JsonBuilder
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static JsonElement Object(Action<Utf8JsonWriter> write) => Build(writer =>
    {
        writer.WriteStartObject();
        write(writer);
        writer.WriteEndObject();
    });

    /// <summary>A map of outputs; one without any is null. They are looked at one after the other, so that no more than one is loaded besides what is made.</summary>
    public static async Task<StepOutput> ObjectAsync(IReadOnlyList<(string Name, StepOutput? Output)> members, CancellationToken cancellationToken)
    {
        if (members.Sum(member => (long)(member.Output?.Bytes ?? 0)) > StepOutput.BytesMax)
        {
            return StepOutput.TooLarge;
        }

        var buffer = new ArrayBufferWriter<byte>();
        await using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            foreach (var (name, output) in members)
            {
                writer.WritePropertyName(name);
                await WriteAsync(writer, output, cancellationToken);
            }

            writer.WriteEndObject();
        }

        return new StepOutput(JsonElement.Parse(buffer.WrittenSpan));
    }

    /// <summary>A list of outputs, in the same way.</summary>
    public static async Task<StepOutput> ListAsync(IReadOnlyList<StepOutput?> items, CancellationToken cancellationToken) =>
        items.Sum(item => (long)(item?.Bytes ?? 0)) > StepOutput.BytesMax ? StepOutput.TooLarge
            : new StepOutput(await ListAsync(items, (writer, item) => WriteAsync(writer, item, cancellationToken)));

    /// <summary>A list of whatever is written for each item.</summary>
    public static async Task<JsonElement> ListAsync<T>(IReadOnlyList<T> items, Func<Utf8JsonWriter, T, ValueTask> writeAsync)
    {
        var buffer = new ArrayBufferWriter<byte>();
        await using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartArray();
            foreach (var item in items)
            {
                await writeAsync(writer, item);
            }

            writer.WriteEndArray();
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    public static JsonElement Build(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            write(writer);
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    private static async ValueTask WriteAsync(Utf8JsonWriter writer, StepOutput? output, CancellationToken cancellationToken)
    {
        if (output is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            (await output.LoadAsync(cancellationToken)).WriteTo(writer);
        }
    }
}
