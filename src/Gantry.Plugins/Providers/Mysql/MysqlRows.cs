using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;

namespace Gantry.Plugins.Providers.Mysql;

/// <summary>Rows as JSON, a map each, read while they come and given up when there are too many.</summary>
internal sealed class MysqlRows(MysqlPackets packets, MysqlServer server, SqlStatement statement)
{
    public const int DescriptionMax = 64 * 1024;

    private const int ColumnsMax = 4096;
    private const int MoreResults = 0x8;
    private const int Overhead = 64 * 1024;

    private readonly ArrayBufferWriter<byte> buffer = new();
    private readonly List<MysqlColumn> columns = [];
    private int count;
    private ulong affected;
    private ulong insertId;

    public string Summary => statement.ReadsOnly ? $"{count} row{(count == 1 ? "" : "s")}." : $"{affected} row{(affected == 1 ? "" : "s")} affected.";

    public static ProviderException TooLong(SqlStatement statement) =>
        HttpCall.Bad($"The rows are more than {statement.BytesMax:N0} bytes, as 'max_bytes' allows. Select fewer columns or rows, or raise 'max_bytes'.");

    /// <summary>Of several results, which a procedure may give, the last with rows counts; the rows that each changed are added up.</summary>
    public async Task ReadAsync(bool isBinary, CancellationToken cancellationToken)
    {
        while (true)
        {
            var head = await packets.ReadAsync(DescriptionMax, cancellationToken);
            MysqlConnection.ThrowIfRefused(head);
            var status = head switch
            {
                [] or [0xFB, ..] => throw MysqlErrors.Protocol(server.Name, "it asks for a file of this machine, which it does not get"),
                [0, ..] => ReadOk(head),
                _ => await ReadResultAsync(head, isBinary, cancellationToken),
            };
            if ((status & MoreResults) == 0)
            {
                return;
            }
        }
    }

    /// <summary>{rows, count, columns}, with {affected, insert_id} for what changes something.</summary>
    public JsonElement ToJson()
    {
        var output = new ArrayBufferWriter<byte>(buffer.WrittenCount + 256);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            if (!statement.ReadsOnly)
            {
                json.WriteNumber("affected", affected);
                json.WritePropertyName("insert_id");
                if (insertId > 0)
                {
                    json.WriteNumberValue(insertId);
                }
                else
                {
                    json.WriteNullValue();
                }
            }

            json.WriteNumber("count", count);
            json.WriteStartArray("columns");
            foreach (var column in columns)
            {
                json.WriteStartObject();
                json.WriteString("name", column.Name);
                json.WriteString("type", column.TypeName);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WritePropertyName("rows");
            json.WriteRawValue(buffer.WrittenCount > 0 ? buffer.WrittenSpan : "[]"u8, skipInputValidation: true);
            json.WriteEndObject();
        }

        return JsonElement.Parse(output.WrittenSpan);
    }

    private int ReadOk(byte[] packet)
    {
        try
        {
            var reader = new MysqlReader(packet.AsSpan(1));
            affected += reader.Length() ?? 0;
            insertId = reader.Length() is { } id and > 0 ? id : insertId;
            return reader.UInt16();
        }
        catch (InvalidDataException)
        {
            throw MysqlErrors.Protocol(server.Name, "its answer ends too early");
        }
    }

    /// <summary>Answers the status behind the rows.</summary>
    private async Task<int> ReadResultAsync(byte[] head, bool isBinary, CancellationToken cancellationToken)
    {
        await ReadColumnsAsync((int)Math.Min(new MysqlReader(head).Length() ?? 0, int.MaxValue), cancellationToken);
        buffer.ResetWrittenCount();
        count = 0;
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartArray();
        while (true)
        {
            var packet = await packets.ReadAsync(statement.BytesMax + Overhead, cancellationToken);
            MysqlConnection.ThrowIfRefused(packet);
            if (IsEnd(packet))
            {
                json.WriteEndArray();
                return BinaryPrimitives.ReadUInt16LittleEndian(packet.AsSpan(3));
            }

            if (count++ == statement.RowsMax)
            {
                throw HttpCall.Bad($"There are more than {statement.RowsMax:N0} rows, as 'max_rows' allows. Add a LIMIT or a WHERE, or raise 'max_rows'.");
            }

            Write(json, packet, isBinary);
            if (json.BytesCommitted + json.BytesPending > statement.BytesMax)
            {
                throw TooLong(statement);
            }
        }
    }

    private async Task ReadColumnsAsync(int number, CancellationToken cancellationToken)
    {
        if (number is 0 or > ColumnsMax)
        {
            throw MysqlErrors.Protocol(server.Name, $"it announces {number} columns");
        }

        columns.Clear();
        for (var index = 0; index < number; index++)
        {
            var column = Described(await packets.ReadAsync(DescriptionMax, cancellationToken));
            if (columns.Exists(known => known.Name == column.Name))
            {
                throw HttpCall.Bad($"Two columns are named '{column.Name}'. Give one of them another name: … AS other_name.");
            }

            columns.Add(column);
        }

        if (!IsEnd(await packets.ReadAsync(DescriptionMax, cancellationToken)))
        {
            throw MysqlErrors.Protocol(server.Name, "it announces other columns than it describes");
        }
    }

    private MysqlColumn Described(byte[] packet)
    {
        try
        {
            return MysqlColumn.Read(packet);
        }
        catch (InvalidDataException)
        {
            throw MysqlErrors.Protocol(server.Name, "it describes no columns");
        }
    }

    private static bool IsEnd(byte[] packet) => packet is [0xFE, _, _, _, _] or [0xFE, _, _, _, _, _] or [0xFE, _, _, _, _, _, _] or [0xFE, _, _, _, _, _, _, _];

    private void Write(Utf8JsonWriter json, byte[] packet, bool isBinary)
    {
        try
        {
            json.WriteStartObject();
            if (isBinary)
            {
                WriteBinary(json, packet);
            }
            else
            {
                WriteTexts(json, packet);
            }

            json.WriteEndObject();
        }
        catch (InvalidDataException)
        {
            throw MysqlErrors.Protocol(server.Name, "a row ends too early");
        }
    }

    private void WriteBinary(Utf8JsonWriter json, byte[] packet)
    {
        const int Reserved = 2;
        var reader = new MysqlReader(packet);
        if (reader.Byte() != 0)
        {
            throw MysqlErrors.Protocol(server.Name, "a row is none");
        }

        var nulls = reader.Take((columns.Count + Reserved + 7) / 8);
        for (var index = 0; index < columns.Count; index++)
        {
            json.WritePropertyName(columns[index].Name);
            if ((nulls[(index + Reserved) / 8] & (1 << ((index + Reserved) % 8))) != 0)
            {
                json.WriteNullValue();
            }
            else
            {
                columns[index].WriteBinary(json, ref reader);
            }
        }
    }

    private void WriteTexts(Utf8JsonWriter json, byte[] packet)
    {
        var reader = new MysqlReader(packet);
        foreach (var column in columns)
        {
            json.WritePropertyName(column.Name);
            if (reader.TryBytes(out var bytes))
            {
                column.WriteText(json, bytes);
            }
            else
            {
                json.WriteNullValue();
            }
        }
    }
}
