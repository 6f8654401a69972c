namespace Gantry.Hub.Web;

/// <summary>A body that a route reads itself, for the API's description; it decides nothing.</summary>
/// <param name="Type">Its form.</param>
/// <param name="IsRequired">Whether the route may be called without one.</param>
/// <param name="MediaTypes">What it may be sent as.</param>
internal sealed record DescribedBody(Type Type, bool IsRequired, IReadOnlyList<string> MediaTypes);

/// <summary>A parameter that a route reads itself, for the API's description.</summary>
/// <param name="IsHeader">Else it stands in the query.</param>
internal sealed record DescribedParameter(string Name, bool IsHeader, string Help);

/// <summary>The statuses of problems that a route answers besides those that every route of its form does.</summary>
internal sealed record DescribedProblems(IReadOnlyList<int> Statuses);

internal static class RouteDescriptionExtensions
{
    public static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder builder, params string[] mediaTypes) =>
        builder.WithMetadata(new DescribedBody(typeof(T), IsRequired: true, mediaTypes is [] ? ["application/json"] : mediaTypes));

    public static RouteHandlerBuilder MayTake<T>(this RouteHandlerBuilder builder) =>
        builder.WithMetadata(new DescribedBody(typeof(T), IsRequired: false, ["application/json"]));

    public static RouteHandlerBuilder WithQuery(this RouteHandlerBuilder builder, string name, string help) =>
        builder.WithMetadata(new DescribedParameter(name, IsHeader: false, help));

    /// <summary>For what a browser saves by a link of a page.</summary>
    public static RouteHandlerBuilder MayBeLinked(this RouteHandlerBuilder builder) =>
        builder.WithQuery("workspace", "The workspace, where the header 'Gantry-Workspace' cannot be sent: in a link.");

    public static RouteHandlerBuilder WithHeader(this RouteHandlerBuilder builder, string name, string help) =>
        builder.WithMetadata(new DescribedParameter(name, IsHeader: true, help));

    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder builder, params int[] statuses) =>
        builder.WithMetadata(new DescribedProblems(statuses));
}
