using System.Buffers;
using System.Text;
using System.Text.Json;
using Gantry.Engine.Providers.Web;
using Npgsql;

namespace Gantry.Plugins.Providers.Postgresql;

/// <summary>Rows as JSON, a map each, read while they come and given up when there are too many.</summary>
internal sealed class PostgresqlRows(SqlStatement statement)
{
    private readonly ArrayBufferWriter<byte> buffer = new();
    private readonly List<(string Name, string Type, uint TypeId)> columns = [];
    private readonly char[] characters = new char[8 * 1024];

    public int Count { get; private set; }

    /// <summary>How many rows were changed; null when nothing was run that changes rows.</summary>
    public long? Affected { get; private set; }

    /// <summary>Of several statements, which only what changes something may have, the last that answers rows counts.</summary>
    public async Task ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        do
        {
            if (reader.FieldCount > 0)
            {
                await ReadResultAsync(reader, cancellationToken);
            }
        }
        while (await reader.NextResultAsync(cancellationToken));
        Affected = reader.RecordsAffected < 0 ? null : reader.RecordsAffected;
    }

    /// <summary>{rows, count, columns}, with {affected} for what changes rows.</summary>
    public JsonElement ToJson()
    {
        var output = new ArrayBufferWriter<byte>(buffer.WrittenCount + 256);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            if (!statement.ReadsOnly)
            {
                json.WriteNumber("affected", Affected ?? 0);
            }

            json.WriteNumber("count", Count);
            json.WriteStartArray("columns");
            foreach (var (name, type, _) in columns)
            {
                json.WriteStartObject();
                json.WriteString("name", name);
                json.WriteString("type", type);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WritePropertyName("rows");
            json.WriteRawValue(buffer.WrittenCount > 0 ? buffer.WrittenSpan : "[]"u8, skipInputValidation: true);
            json.WriteEndObject();
        }

        return JsonElement.Parse(output.WrittenSpan);
    }

    private async Task ReadResultAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        buffer.ResetWrittenCount();
        Count = 0;
        ReadColumns(reader);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartArray();
        while (await reader.ReadAsync(cancellationToken))
        {
            if (Count == statement.RowsMax)
            {
                throw HttpCall.Bad($"There are more than {statement.RowsMax:N0} rows, as 'max_rows' allows. Add a LIMIT or a WHERE, or raise 'max_rows'.");
            }

            Count++;
            json.WriteStartObject();
            for (var index = 0; index < columns.Count; index++)
            {
                json.WritePropertyName(columns[index].Name);
                await WriteAsync(json, reader, index, json.BytesCommitted + json.BytesPending, cancellationToken);
            }

            json.WriteEndObject();
            RequireRoom(json.BytesCommitted + json.BytesPending);
        }

        json.WriteEndArray();
    }

    private void ReadColumns(NpgsqlDataReader reader)
    {
        columns.Clear();
        for (var index = 0; index < reader.FieldCount; index++)
        {
            var name = reader.GetName(index);
            if (columns.Exists(column => column.Name == name))
            {
                throw HttpCall.Bad($"Two columns are named '{name}'. Give one of them another name: … AS other_name.");
            }

            var typeId = reader.GetDataTypeOID(index);
            columns.Add((name, PostgresqlValue.NameOf(typeId), typeId));
        }
    }

    private async Task WriteAsync(Utf8JsonWriter json, NpgsqlDataReader reader, int index, long written, CancellationToken cancellationToken)
    {
        if (await reader.IsDBNullAsync(index, cancellationToken))
        {
            json.WriteNullValue();
            return;
        }

        using var text = await reader.GetTextReaderAsync(index, cancellationToken);
        var value = new StringBuilder();
        for (int read; (read = await text.ReadAsync(characters, cancellationToken)) > 0;)
        {
            value.Append(characters, 0, read);
            RequireRoom(written + value.Length);
        }

        PostgresqlValue.Write(json, columns[index].TypeId, value.ToString());
    }

    private void RequireRoom(long needed)
    {
        if (needed > statement.BytesMax)
        {
            throw HttpCall.Bad($"The rows are more than {statement.BytesMax:N0} bytes, as 'max_bytes' allows. Select fewer columns or rows, or raise 'max_bytes'.");
        }
    }
}
