using Gantry.Hub.Database;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gantry.Hub.Web;

/// <summary>What holds for every route: JSON, problems, limits, headers, and that it says who may use it.</summary>
internal static class WebSlice
{
    private const int ConnectionsMax = 10_000;
    private const int HeaderBytesMax = 32 * 1024;
    private const int BytesPerSecondMin = 240;

    private static readonly TimeSpan SlowFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan HeadersWithin = TimeSpan.FromSeconds(15);

    // Longer than anybody may ask to wait for an execution.
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromMinutes(11);

    public static void AddWeb(this IServiceCollection services, WebOptions web)
    {
        services.AddSingleton(web);
        services.AddSingleton<RateLimits>();
        services.AddSingleton<EventStreams>();
        services.ConfigureHttpJsonOptions(options => HubJson.Configure(options.SerializerOptions));
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddRequestTimeouts(options => options.DefaultPolicy = new RequestTimeoutPolicy { Timeout = AnswerWithin, TimeoutStatusCode = StatusCodes.Status504GatewayTimeout });
        services.AddCors(options => options.AddDefaultPolicy(policy => AllowOrigins(policy, web.CorsOrigins)));
        services.Configure<KestrelServerOptions>(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = web.BodyBytesMax;
            options.Limits.MaxRequestHeadersTotalSize = HeaderBytesMax;
            options.Limits.MaxConcurrentConnections = ConnectionsMax;
            options.Limits.RequestHeadersTimeout = HeadersWithin;
            options.Limits.MinRequestBodyDataRate = new MinDataRate(BytesPerSecondMin, SlowFor);
            options.Limits.MinResponseDataRate = new MinDataRate(BytesPerSecondMin, SlowFor);
        });
        services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            options.ForwardLimit = null;
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            foreach (var network in web.TrustedProxies) options.KnownIPNetworks.Add(network);
        });
    }

    /// <summary>Comes first, so that whatever follows may throw.</summary>
    public static void UseWeb(this WebApplication app)
    {
        // Without proxies in the settings, what anybody says in X-Forwarded headers is not looked at.
        if (app.Services.GetRequiredService<WebOptions>().TrustedProxies.Count > 0) app.UseForwardedHeaders();
        app.Use((context, next) =>
        {
            var headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers.ContentSecurityPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            headers.CacheControl = "no-store";
            if (context.Request.IsHttps) headers.StrictTransportSecurity = "max-age=31536000";
            return next(context);
        });
        app.UseHeadRequests();
        app.UseMiddleware<Problems>();
        app.UseRouting();
        app.UseCors();
        app.UseRequestTimeouts();
    }

    /// <summary>Refuses to start with a route that does not say who may use it.</summary>
    public static void CheckAccess(this IEndpointRouteBuilder app)
    {
        var silent = app.DataSources.SelectMany(source => source.Endpoints).Where(endpoint => endpoint.Metadata.GetMetadata<Access>() is null)
            .Select(endpoint => endpoint.DisplayName).ToList();
        if (silent.Count > 0) throw new HubStartException($"Nothing says who may use {string.Join(", ", silent)}. Add .Allow(Access.…) to the route.");
    }

    /// <summary>The cookie is never allowed to come along: pages elsewhere sign in for a token.</summary>
    private static void AllowOrigins(CorsPolicyBuilder policy, IReadOnlyList<string> origins) => policy
        .WithOrigins([.. origins])
        .WithMethods(HttpMethods.Get, HttpMethods.Head, HttpMethods.Post, HttpMethods.Put, HttpMethods.Patch, HttpMethods.Delete)
        .WithHeaders("Authorization", "Content-Type", "Gantry-Workspace", "Idempotency-Key", "If-Match", "Last-Event-ID")
        .WithExposedHeaders("ETag", "Location", "Retry-After")
        .DisallowCredentials()
        .SetPreflightMaxAge(TimeSpan.FromMinutes(10));
}
