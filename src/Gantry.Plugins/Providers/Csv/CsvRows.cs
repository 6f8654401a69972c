using System.Buffers;
using System.Text.Json;
using Gantry.Engine.Providers.Texts;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Csv;

/// <summary>Records as JSON: maps by the names of the columns, or lists where there are none.</summary>
internal sealed class CsvRows : IDisposable
{
    private readonly ArrayBufferWriter<byte> buffer = new();
    private readonly Utf8JsonWriter json;
    private readonly bool isRagged;
    private readonly int rowsMax;
    private bool isHeader;
    private IReadOnlyList<string>? names;

    public CsvRows(bool hasHeader, IReadOnlyList<string>? names, bool isRagged, int rowsMax)
    {
        (isHeader, this.isRagged, this.rowsMax) = (hasHeader, isRagged, rowsMax);
        this.names = names is null ? null : Checked(names);
        json = new Utf8JsonWriter(buffer);
        json.WriteStartArray();
    }

    public int Count { get; private set; }

    public void Add(IReadOnlyList<string> fields, int line)
    {
        if (isHeader)
        {
            isHeader = false;
            names ??= Checked([.. fields.Select((name, index) => name.Length > 0 ? name : $"column_{index + 1}")]);
            return;
        }

        if (++Count > rowsMax)
        {
            throw HttpCall.Bad($"There are more than {rowsMax:N0} rows, as 'max_rows' allows.");
        }

        if (names is null)
        {
            JsonSerializer.Serialize(json, fields);
        }
        else
        {
            Write(fields, line, names);
        }

        if (json.BytesCommitted + json.BytesPending > TextFile.BytesMax)
        {
            throw HttpCall.Bad($"The rows are more than {ByteSize.Format(TextFile.BytesMax)}, which is too much for a step's output.");
        }
    }

    /// <summary>{columns, count, rows}.</summary>
    public JsonElement ToJson()
    {
        json.WriteEndArray();
        json.Flush();
        var output = new ArrayBufferWriter<byte>(buffer.WrittenCount + 256);
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("columns");
            JsonSerializer.Serialize(writer, names);
            writer.WriteNumber("count", Count);
            writer.WritePropertyName("rows");
            writer.WriteRawValue(buffer.WrittenSpan, skipInputValidation: true);
            writer.WriteEndObject();
        }

        return JsonElement.Parse(output.WrittenSpan);
    }

    public void Dispose() => json.Dispose();

    private void Write(IReadOnlyList<string> fields, int line, IReadOnlyList<string> columns)
    {
        if (fields.Count > columns.Count || (fields.Count < columns.Count && !isRagged))
        {
            throw HttpCall.Bad($"The row in line {line} has {fields.Count} field{(fields.Count == 1 ? "" : "s")}, and there are {columns.Count} columns."
                + (fields.Count < columns.Count ? " With 'ragged' its other fields are null." : " Is 'delimiter' right, and are fields with it in quotes?"));
        }

        json.WriteStartObject();
        for (var index = 0; index < columns.Count; index++)
        {
            if (index < fields.Count)
            {
                json.WriteString(columns[index], fields[index]);
            }
            else
            {
                json.WriteNull(columns[index]);
            }
        }

        json.WriteEndObject();
    }

    private static IReadOnlyList<string> Checked(IReadOnlyList<string> names) =>
        names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { Key: var twice }
            ? throw HttpCall.Bad($"Two columns are named '{twice}'. Give other names by 'columns', or leave the header a row by 'header: false'.")
            : names;
}
