namespace Gantry.Hub.Web;

/// <summary>HEAD is answered like GET; the server itself leaves the body out.</summary>
internal static class HeadRequests
{
    private static readonly object Key = new();

    /// <summary>Comes before routing.</summary>
    public static void UseHeadRequests(this WebApplication app) => app.Use((context, next) =>
    {
        if (!HttpMethods.IsHead(context.Request.Method)) return next(context);
        context.Items[Key] = true;
        context.Request.Method = HttpMethods.Get;
        return next(context);
    });

    public static bool IsHead(this HttpContext context) => context.Items.ContainsKey(Key);
}
