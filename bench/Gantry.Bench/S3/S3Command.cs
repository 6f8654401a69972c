using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Gantry.Bench.S3;

/// <summary>"s3 PORT": the light S3 server, the same for all programs that are compared.</summary>
internal static class S3Command
{
    public static async Task<int> RunAsync(string[] args)
    {
        if (args is not [var port])
        {
            await Console.Error.WriteLineAsync("Usage: s3 PORT");
            return 2;
        }

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Listen(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture), listen => listen.Protocols = HttpProtocols.Http1);
        });
        await using var app = builder.Build();
        app.Run(new LightS3Server().ServeAsync);
        await app.RunAsync();
        return 0;
    }
}
