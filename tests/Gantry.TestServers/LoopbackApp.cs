using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Gantry.TestServers;

/// <summary>Web servers that tests play, on this machine.</summary>
public static class LoopbackApp
{
    /// <summary>One on a free port of 127.0.0.1 that logs nothing. Once it is started, the first of its Urls is where it is.</summary>
    public static WebApplication Create(Action<KestrelServerOptions>? options = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        if (options is not null)
        {
            builder.WebHost.ConfigureKestrel(options);
        }

        return builder.Build();
    }
}
