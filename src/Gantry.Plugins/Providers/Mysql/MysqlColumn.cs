using System.Text;
using System.Text.Json;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Mysql;

/// <summary>A column of a result: its name, and how its values become JSON. Numbers keep all their digits, bytes come in base64, times as RFC 3339 has them.</summary>
internal sealed record MysqlColumn(string Name, byte Type, int Charset, bool IsUnsigned)
{
    private const int BinaryCharset = 63;
    private const int NestingMax = 56;
    private const int UnsignedFlag = 0x20;
    private const int MicrosecondsInSecond = 1_000_000;

    // https://dev.mysql.com/doc/dev/mysql-server/latest/field__types_8h.html
    private static readonly Dictionary<byte, string> names = new()
    {
        [0] = "decimal",
        [1] = "tinyint",
        [2] = "smallint",
        [3] = "int",
        [4] = "float",
        [5] = "double",
        [6] = "null",
        [7] = "timestamp",
        [8] = "bigint",
        [9] = "mediumint",
        [10] = "date",
        [11] = "time",
        [12] = "datetime",
        [13] = "year",
        [16] = "bit",
        [242] = "vector",
        [245] = "json",
        [246] = "decimal",
        [247] = "enum",
        [248] = "set",
        [255] = "geometry",
    };

    public string TypeName => names.GetValueOrDefault(Type) ?? (Charset == BinaryCharset ? "binary" : "text");

    /// <summary>From the packet that describes it.</summary>
    public static MysqlColumn Read(byte[] packet)
    {
        var reader = new MysqlReader(packet);
        for (var skipped = 0; skipped < 4; skipped++)
        {
            reader.TryBytes(out _);
        }

        var name = reader.Text();
        reader.TryBytes(out _);
        reader.Length();
        var charset = reader.UInt16();
        reader.UInt32();
        var type = reader.Byte();
        return new MysqlColumn(name, type, charset, (reader.UInt16() & UnsignedFlag) != 0);
    }

    /// <summary>A value as a result of a prepared statement has it.</summary>
    public void WriteBinary(Utf8JsonWriter json, ref MysqlReader reader)
    {
        switch (Type)
        {
            case 1:
                json.WriteNumberValue(IsUnsigned ? reader.Byte() : (sbyte)reader.Byte());
                break;
            case 2 or 13:
                json.WriteNumberValue(IsUnsigned || Type == 13 ? reader.UInt16() : (short)reader.UInt16());
                break;
            case 3 or 9:
                json.WriteNumberValue(IsUnsigned ? reader.UInt32() : (int)reader.UInt32());
                break;
            case 8 when IsUnsigned:
                json.WriteNumberValue(reader.UInt64());
                break;
            case 8:
                json.WriteNumberValue((long)reader.UInt64());
                break;
            case 4:
                WriteFloat(json, BitConverter.UInt32BitsToSingle(reader.UInt32()));
                break;
            case 5:
                WriteFloat(json, BitConverter.UInt64BitsToDouble(reader.UInt64()));
                break;
            case 7 or 10 or 12:
                WriteTime(json, DateOf(reader.Take(reader.Byte())));
                break;
            case 11:
                json.WriteStringValue(TimeOf(reader.Take(reader.Byte())));
                break;
            default:
                WriteText(json, reader.TryBytes(out var bytes) ? bytes : throw new InvalidDataException("A value is none."));
                break;
        }
    }

    /// <summary>A value as a result of a plain statement has it: as text.</summary>
    public void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> bytes)
    {
        switch (Type)
        {
            case 16:
                json.WriteNumberValue(BitsOf(bytes));
                break;
            case 7 or 12:
                WriteTime(json, Encoding.UTF8.GetString(bytes));
                break;
            case 0 or 1 or 2 or 3 or 4 or 5 or 8 or 9 or 13 or 246 when WithoutZeros(Encoding.ASCII.GetString(bytes)) is var digits && Scalars.IsNumber(digits):
                json.WriteRawValue(digits, skipInputValidation: true);
                break;
            case 245:
                WriteJson(json, Encoding.UTF8.GetString(bytes));
                break;
            case 242 or 255 or (>= 249 and <= 252) or 15 or 253 or 254 when Charset == BinaryCharset:
                json.WriteBase64StringValue(bytes);
                break;
            default:
                json.WriteStringValue(Encoding.UTF8.GetString(bytes));
                break;
        }
    }

    private static void WriteFloat(Utf8JsonWriter json, float value)
    {
        if (float.IsFinite(value))
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteNullValue();
        }
    }

    private static void WriteFloat(Utf8JsonWriter json, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteNullValue();
        }
    }

    /// <summary>Without the zeros that a column of ZEROFILL has in front.</summary>
    private static string WithoutZeros(string digits)
    {
        var zeros = 0;
        while (zeros + 1 < digits.Length && digits[zeros] == '0' && char.IsAsciiDigit(digits[zeros + 1]))
        {
            zeros++;
        }

        return digits[zeros..];
    }

    private static ulong BitsOf(ReadOnlySpan<byte> bytes)
    {
        var bits = 0UL;
        foreach (var part in bytes)
        {
            bits = (bits << 8) | part;
        }

        return bits;
    }

    /// <summary>"2026-01-31 12:00:00.500000" as 2026-01-31T12:00:00.5, with a Z where it is a point in time; dates that are none (0000-00-00, 2026-02-00) stay as they are.</summary>
    private void WriteTime(Utf8JsonWriter json, string text)
    {
        if (Type == 10 || text.Length < 19 || text[10] != ' ' || (text.Length > 19 && text[19] != '.')
            || text.StartsWith("0000", StringComparison.Ordinal) || text.AsSpan(5, 2) is "00" || text.AsSpan(8, 2) is "00")
        {
            json.WriteStringValue(text);
            return;
        }

        var trimmed = text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;
        json.WriteStringValue($"{trimmed[..10]}T{trimmed[11..]}{(Type == 7 ? "Z" : "")}");
    }

    private string DateOf(ReadOnlySpan<byte> bytes)
    {
        RequireLength(bytes.Length is 0 or 4 or 7 or 11);
        var reader = new MysqlReader(bytes);
        var date = bytes.Length >= 4 ? $"{reader.UInt16():D4}-{reader.Byte():D2}-{reader.Byte():D2}" : "0000-00-00";
        if (Type == 10)
        {
            return date;
        }

        var time = bytes.Length >= 7 ? $"{reader.Byte():D2}:{reader.Byte():D2}:{reader.Byte():D2}" : "00:00:00";
        return bytes.Length >= 11 ? $"{date} {time}.{reader.UInt32():D6}" : $"{date} {time}";
    }

    private static string TimeOf(ReadOnlySpan<byte> bytes)
    {
        RequireLength(bytes.Length is 0 or 8 or 12);
        if (bytes.Length == 0)
        {
            return "00:00:00";
        }

        var reader = new MysqlReader(bytes);
        var sign = reader.Byte() != 0 ? "-" : "";
        var hours = (reader.UInt32() * 24UL) + reader.Byte();
        var time = $"{sign}{hours:D2}:{reader.Byte():D2}:{reader.Byte():D2}";
        return bytes.Length >= 12 && reader.UInt32() % MicrosecondsInSecond is var fraction and > 0 ? $"{time}.{fraction:D6}".TrimEnd('0') : time;
    }

    private static void RequireLength(bool isOne)
    {
        if (!isOne)
        {
            throw new InvalidDataException("A time has a length that none has.");
        }
    }

    /// <summary>What is nested too deeply for everybody who comes later stays text.</summary>
    private static void WriteJson(Utf8JsonWriter json, string text)
    {
        try
        {
            JsonElement.Parse(HalfPairs.Mend(text), new JsonDocumentOptions { MaxDepth = NestingMax }).WriteTo(json);
        }
        catch (JsonException)
        {
            json.WriteStringValue(text);
        }
    }
}
