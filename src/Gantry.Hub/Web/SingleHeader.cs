namespace Gantry.Hub.Web;

/// <summary>Headers that decide who asks, for what, or whether again: of two values, whichever were taken might not be the one that somebody before us looked at.</summary>
internal static class SingleHeader
{
    /// <summary>Null when the header is not there.</summary>
    /// <exception cref="ProblemException">It stands there more than once.</exception>
    public static string? Of(HttpRequest request, string name) => request.Headers[name] switch
    {
        [] => null,
        [var value] => value,
        _ => throw ProblemException.Invalid($"The header '{name}' is given more than once."),
    };
}
