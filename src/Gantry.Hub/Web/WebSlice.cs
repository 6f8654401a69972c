using Gantry.Hub.Database;

namespace Gantry.Hub.Web;

/// <summary>What holds for every route: JSON, problems, limits, headers, and that it says who may use it.</summary>
internal static class WebSlice
{
    public static void AddWeb(this IServiceCollection services, long bodyBytesMax)
    {
        services.ConfigureHttpJsonOptions(options => HubJson.Configure(options.SerializerOptions));
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.Configure<Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions>(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = bodyBytesMax;
            options.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
        });
    }

    /// <summary>Comes first, so that whatever follows may throw.</summary>
    public static void UseWeb(this WebApplication app)
    {
        app.Use((context, next) =>
        {
            var headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
            headers["Referrer-Policy"] = "no-referrer";
            headers.CacheControl = "no-store";
            return next(context);
        });
        app.UseMiddleware<Problems>();
    }

    /// <summary>Refuses to start with a route that does not say who may use it.</summary>
    public static void CheckAccess(this IEndpointRouteBuilder app)
    {
        var silent = app.DataSources.SelectMany(source => source.Endpoints).Where(endpoint => endpoint.Metadata.GetMetadata<Access>() is null)
            .Select(endpoint => endpoint.DisplayName).ToList();
        if (silent.Count > 0) throw new HubStartException($"Nothing says who may use {string.Join(", ", silent)}. Add .Allow(Access.…) to the route.");
    }
}
