using System.Globalization;
using System.Text;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Texts;
using Gantry.Engine.Providers.Web;

namespace Gantry.Plugins.Providers.Redis;

/// <summary>The form of an answer.</summary>
internal enum RedisReplyKind
{
    Word,
    Bytes,
    Number,
    None,
}

/// <summary>What the server answered to one command: bytes (of a word as well), a number, or nothing.</summary>
internal sealed record RedisReply(RedisReplyKind Kind, byte[]? Bytes, long? Number);

/// <summary>Commands and answers in the protocol of Redis, its second version, which every server speaks. Words go by their lengths, so that nothing in them can become a command.</summary>
internal sealed class RedisSession(Stream stream, string server)
{
    private const int LineMax = 64 * 1024;

    private readonly ServerReader said = new(stream, bufferBytes: 16 * 1024);

    public async Task<RedisReply> AskAsync(byte[][] words, CancellationToken cancellationToken)
    {
        using var command = new MemoryStream();
        command.Write(Encoding.ASCII.GetBytes($"*{words.Length}\r\n"));
        foreach (var word in words)
        {
            command.Write(Encoding.ASCII.GetBytes($"${word.Length}\r\n"));
            command.Write(word);
            command.Write("\r\n"u8);
        }

        await stream.WriteAsync(command.GetBuffer().AsMemory(0, (int)command.Length), cancellationToken);
        await stream.FlushAsync(cancellationToken);
        return await ReadAsync(cancellationToken);
    }

    private async Task<RedisReply> ReadAsync(CancellationToken cancellationToken)
    {
        var line = await ReadLineAsync(cancellationToken);
        var rest = line.Length > 0 ? line[1..] : "";
        switch (line.Length > 0 ? line[0] : '\0')
        {
            case '+':
                return new RedisReply(RedisReplyKind.Word, Encoding.UTF8.GetBytes(rest), null);
            case '-':
                throw Refusal(rest);
            case ':' when long.TryParse(rest, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number):
                return new RedisReply(RedisReplyKind.Number, null, number);
            case '$' when rest == "-1":
                return new RedisReply(RedisReplyKind.None, null, null);
            case '$' when int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out var length):
                return new RedisReply(RedisReplyKind.Bytes, await ReadBulkAsync(length, cancellationToken), null);
            default:
                throw NoRedis(server);
        }
    }

    private async Task<byte[]> ReadBulkAsync(int length, CancellationToken cancellationToken)
    {
        if (length > TextFile.BytesMax)
        {
            throw Fail(ProviderErrorKind.BadRequest, $"The value has {length:N0} bytes, which is more than a step's output may have.");
        }

        var bytes = new byte[length + 2];
        await said.TakeAsync(bytes, cancellationToken);
        return bytes.AsSpan(length).SequenceEqual("\r\n"u8) ? bytes[..length] : throw NoRedis(server);
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        while (line.Length < LineMax)
        {
            await said.FillAsync(cancellationToken);
            var rest = said.Rest;
            var end = rest.IndexOf((byte)'\n');
            line.Append(Encoding.Latin1.GetString(end < 0 ? rest : rest[..end]));
            said.Take(end < 0 ? rest.Length : end + 1);
            if (end >= 0)
            {
                return line.ToString().TrimEnd('\r');
            }
        }

        throw Fail(ProviderErrorKind.Upstream, $"{server} sent a line without an end, which Redis does not do.");
    }

    private ProviderException Refusal(string said)
    {
        var word = said.Split(' ')[0];
        var kind = word switch
        {
            "NOAUTH" or "WRONGPASS" or "NOPERM" or "DENIED" => ProviderErrorKind.Unauthorized,
            "LOADING" or "READONLY" or "BUSY" or "MASTERDOWN" or "CLUSTERDOWN" or "TRYAGAIN" or "NOREPLICAS" => ProviderErrorKind.Unavailable,
            "OOM" or "MISCONF" => ProviderErrorKind.Upstream,
            _ => said.Contains("AUTH", StringComparison.Ordinal) || said.Contains("invalid password", StringComparison.Ordinal) ? ProviderErrorKind.Unauthorized : ProviderErrorKind.BadRequest,
        };
        const int SaidMax = 300;
        var next = word is "MOVED" or "ASK" ? " It is one of a cluster, and that key is at another: give that one's address." : "";
        return new(new ProviderError
        {
            Kind = kind,
            Message = $"{server} says: {(said.Length > SaidMax ? said[..SaidMax] + "…" : said).TrimEnd('.')}.{next}",
            IsTransient = kind == ProviderErrorKind.Unavailable,
        });
    }

    public static ProviderException NoRedis(string server) =>
        Fail(ProviderErrorKind.Upstream, $"{server} does not answer as Redis does. Is this the right port, and the right setting of 'tls'?");

    private static ProviderException Fail(ProviderErrorKind kind, string message) => new(new ProviderError { Kind = kind, Message = message });
}
