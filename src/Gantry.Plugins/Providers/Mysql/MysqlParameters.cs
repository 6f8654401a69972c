using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Mysql;

/// <summary>The values of a statement, apart from its text, in the form in which the server takes them.</summary>
internal static class MysqlParameters
{
    private const byte TinyInt = 1, Double = 5, Null = 6, BigInt = 8, Decimal = 246, Text = 253;
    private const int DigitsMax = 65;

    /// <summary>What runs a prepared statement: https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_stmt_execute.html.</summary>
    public static byte[] Execution(uint statementId, IReadOnlyList<JsonElement> values)
    {
        var packet = new ArrayBufferWriter<byte>();
        BinaryPrimitives.WriteUInt32LittleEndian(packet.GetSpan(4), statementId);
        packet.Advance(4);
        packet.Write<byte>([0, 1, 0, 0, 0]);
        if (values.Count == 0)
        {
            return packet.WrittenSpan.ToArray();
        }

        var nulls = new byte[(values.Count + 7) / 8];
        var types = new byte[2 * values.Count];
        var content = new ArrayBufferWriter<byte>();
        for (var index = 0; index < values.Count; index++)
        {
            (types[2 * index], types[(2 * index) + 1]) = Write(content, values[index], index);
            nulls[index / 8] |= (byte)(types[2 * index] == Null ? 1 << (index % 8) : 0);
        }

        packet.Write(nulls);
        packet.Write<byte>([1]);
        packet.Write(types);
        packet.Write(content.WrittenSpan);
        return packet.WrittenSpan.ToArray();
    }

    /// <summary>The value's type, and 0x80 where it has no sign.</summary>
    private static (byte Type, byte Flags) Write(ArrayBufferWriter<byte> content, JsonElement value, int index)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null:
                return (Null, 0);
            case JsonValueKind.True or JsonValueKind.False:
                content.Write<byte>([(byte)(value.ValueKind == JsonValueKind.True ? 1 : 0)]);
                return (TinyInt, 0);
            case JsonValueKind.Number:
                return WriteNumber(content, value.GetRawText());
            default:
                var text = value.ValueKind == JsonValueKind.String
                    ? Scalars.TextOf(value) ?? throw HttpCall.Bad($"The value {index + 1} of 'params' holds half of a surrogate pair, which is no character.")
                    : value.GetRawText();
                WriteBytes(content, Encoding.UTF8.GetBytes(text));
                return (Text, 0);
        }
    }

    private static (byte Type, byte Flags) WriteNumber(ArrayBufferWriter<byte> content, string digits)
    {
        if (long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
        {
            BinaryPrimitives.WriteInt64LittleEndian(content.GetSpan(8), whole);
            content.Advance(8);
            return (BigInt, 0);
        }

        if (ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var large))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(content.GetSpan(8), large);
            content.Advance(8);
            return (BigInt, 0x80);
        }

        if (digits.AsSpan().ContainsAny("eE") || digits.Count(char.IsAsciiDigit) > DigitsMax)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(content.GetSpan(8), double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture));
            content.Advance(8);
            return (Double, 0);
        }

        WriteBytes(content, Encoding.ASCII.GetBytes(digits));
        return (Decimal, 0);
    }

    private static void WriteBytes(ArrayBufferWriter<byte> content, byte[] bytes)
    {
        Span<byte> length = stackalloc byte[9];
        switch (bytes.Length)
        {
            case < 0xFB:
                content.Write<byte>([(byte)bytes.Length]);
                break;
            case <= 0xFFFF:
                length[0] = 0xFC;
                BinaryPrimitives.WriteUInt16LittleEndian(length[1..], (ushort)bytes.Length);
                content.Write(length[..3]);
                break;
            default:
                length[0] = 0xFE;
                BinaryPrimitives.WriteInt64LittleEndian(length[1..], bytes.Length);
                content.Write(length);
                break;
        }

        content.Write(bytes);
    }
}
