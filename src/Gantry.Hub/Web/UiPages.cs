using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Gantry.Hub.Web;

/// <summary>
/// Answers what no route does with the built pages: files by their names, and for every other address that a browser opens the one page which
/// finds out by itself what it shows. What belongs to the API is never answered so.
/// </summary>
internal static class UiPages
{
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; "
        + "connect-src 'self'; media-src 'self' blob:; frame-src blob:; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string NotBuilt = "The pages of this hub are not built. './gantry up' builds them where npm is installed, as does 'npm ci && npm run build' in the folder ui.\n"
        + "The API works without them: it is described at /api/docs.\n";

    // What was built under a name that tells its content never changes.
    private const string Hashed = "assets/";
    private const string Forever = "public, max-age=31536000, immutable";
    private const string AskAgain = "no-cache";

    private static readonly string[] NotPages = ["/api", "/health", "/metrics"];

    // The better one first.
    private static readonly (string Name, string Suffix)[] Encodings = [("br", ".br"), ("gzip", ".gz")];

    private static readonly Dictionary<string, string> TypesByExtension = new(StringComparer.Ordinal)
    {
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".png"] = "image/png",
        [".woff2"] = "font/woff2",
        [".txt"] = "text/plain; charset=utf-8",
        [".webmanifest"] = "application/manifest+json",
    };

    /// <summary>Comes behind routing: whatever has a route is the route's.</summary>
    /// <param name="app">The hub.</param>
    /// <param name="files">Null when the pages were not built.</param>
    public static void UseUiPages(this WebApplication app, UiFiles? files) => app.Use((context, next) =>
        context.GetEndpoint() is null && HttpMethods.IsGet(context.Request.Method) && !NotPages.Any(path => context.Request.Path.StartsWithSegments(path))
            ? AnswerAsync(context, files, next)
            : next(context));

    private static async Task AnswerAsync(HttpContext context, UiFiles? files, RequestDelegate next)
    {
        var path = context.Request.Path.Value!.TrimStart('/');
        var isPage = path.Length == 0 || IsOpenedByBrowser(context.Request) && !path.StartsWith(Hashed, StringComparison.Ordinal);
        if (files is null)
        {
            if (isPage) await SayNotBuiltAsync(context);
            else await next(context);
            return;
        }

        if (!await SendAsync(context, files, path) && !(isPage && await SendAsync(context, files, UiFiles.Index)))
            await next(context);
    }

    private static bool IsOpenedByBrowser(HttpRequest request) => request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    private static Task SayNotBuiltAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(NotBuilt, context.RequestAborted);
    }

    /// <summary>False when there is no such file.</summary>
    private static async Task<bool> SendAsync(HttpContext context, UiFiles files, string path)
    {
        if (!TypesByExtension.TryGetValue(Path.GetExtension(path), out var type)) return false;
        var (content, encoding) = Choose(context.Request, files, path);
        if (content is null) return false;
        await using (content)
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = Policy;
            headers.CacheControl = path.StartsWith(Hashed, StringComparison.Ordinal) ? Forever : AskAgain;
            headers.Vary = "Accept-Encoding";
            var tag = $"\"{Convert.ToHexStringLower(await SHA256.HashDataAsync(content, context.RequestAborted))}\"";
            headers.ETag = tag;
            if (context.Request.Headers.IfNoneMatch.Contains(tag))
            {
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return true;
            }

            content.Position = 0;
            context.Response.ContentType = type;
            context.Response.ContentLength = content.Length;
            if (encoding is not null) headers.ContentEncoding = encoding;
            if (!context.IsHead()) await content.CopyToAsync(context.Response.Body, context.RequestAborted);
        }

        return true;
    }

    /// <summary>The smallest form that the browser reads, of those that were built.</summary>
    private static (Stream? Content, string? Encoding) Choose(HttpRequest request, UiFiles files, string path)
    {
        var accepted = StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptEncoding, out var list)
            ? list.Where(each => each.Quality != 0).Select(each => each.Value.ToString()).ToHashSet(StringComparer.OrdinalIgnoreCase) : [];
        foreach (var (name, suffix) in Encodings)
        {
            if (accepted.Contains(name) && files.Open(path + suffix) is { } smaller) return (smaller, name);
        }

        return (files.Open(path), null);
    }
}
