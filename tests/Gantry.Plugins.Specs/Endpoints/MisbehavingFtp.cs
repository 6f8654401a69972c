using System.Net;
using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.Ftp;
using Gantry.TestServers;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>An endpoint at a server that misbehaves.</summary>
internal static class MisbehavingFtp
{
    private static int partials;

    public static IEndpoint Open(
        this MisbehavingFtpServer server, Func<string, int, CancellationToken, ValueTask<IPAddress>>? addressOf = null, params (string Name, string Value)[] others)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["host"] = "127.0.0.1",
            ["port"] = server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["path"] = "/",
            ["user"] = "user",
            ["password"] = "${cred:x}",
        };
        foreach (var (name, value) in others)
        {
            values[name] = value;
        }

        return FtpKind.Ftp.Open(new() { Kind = "ftp", Values = values }, new() { Secrets = new GivenSecrets(_ => "s3cr3t-p4ss"), AddressOf = addressOf });
    }

    public static WriteOptions Options(long length) => new()
    {
        PartialName = PartialName.Of("any", length, null, $"lines{Interlocked.Increment(ref partials):d6}"),
        Length = length,
        ModifiedAt = DateTimeOffset.UnixEpoch,
    };

    public static async Task WriteAsync(this IEndpoint endpoint, string path, byte[] content) =>
        await endpoint.WriteAsync(path, new MemoryStream(content), Options(content.Length), Xunit.TestContext.Current.CancellationToken);
}
