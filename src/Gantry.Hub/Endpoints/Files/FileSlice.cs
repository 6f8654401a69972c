using Gantry.Hub.Web;

namespace Gantry.Hub.Endpoints.Files;

/// <summary>
/// The files of a saved endpoint, by hand: for whoever may start transfers, since both sign in there with the workspace's credentials. Paths lie under the
/// endpoint's own folder and cannot leave it.
/// </summary>
internal static class FileSlice
{
    private const string PathHelp = "In the endpoint, without a leading '/', and without '.' and '..'.";

    public static void AddFiles(this IServiceCollection services) => services.AddSingleton<OpenEndpoints>();

    public static void MapFiles(this RouteGroupBuilder endpoints)
    {
        var group = endpoints.MapGroup("/{name}/files").WithTags("Files");
        group.MapGet("", ListRoute.ServeAsync).Allow(Access.Operator)
            .WithSummary("Lists one folder while it is being read, in no order, one JSON object to a line; a last line says {\"more\":true} when there is more than the limit.")
            .WithQuery("path", $"The folder. {PathHelp}").WithQuery("limit", $"How many at most: {ListRoute.LimitDefault} when nothing is said, and no more than {ListRoute.LimitMax}.")
            .Produces<FileView>(200, "application/x-ndjson").Refuses(409, 422);
        group.MapPost("/count", FileRoutes.CountAsync).Allow(Access.Operator).WithSummary("Counts files and folders with all that is in them: what a deletion would delete.").Refuses(422);
        group.MapPost("/delete", FileRoutes.DeleteAsync).Allow(Access.Operator).WithSummary("Deletes files and folders. What is not there any more counts as deleted.").Refuses(409, 422).Unhurried();
        group.MapPost("/rename", FileRoutes.RenameAsync).Allow(Access.Operator).WithSummary("Renames a file or folder, or moves it within the endpoint.").Produces<FileView>().Refuses(409, 422);
        group.MapPost("/folders", FileRoutes.CreateFolderAsync).Allow(Access.Operator).WithSummary("Makes a folder and those above it.").Produces<FileView>(201).Refuses(409, 422);
        group.MapGet("/content", ContentRoutes.ReadAsync).Allow(Access.Operator)
            .WithSummary("Answers the content of a file, or one range of it. What a browser could run is never answered as what it is.")
            .WithQuery("path", $"The file. {PathHelp}").WithQuery("inline", "\"true\" to show it in a page: texts and images of safe kinds; otherwise it is saved.")
            .MayBeLinked().WithHeader("Range", "One range of bytes, such as bytes=0-65535.")
            .Produces<Stream>(200, "application/octet-stream").Refuses(409, 422).Streams();
        group.MapPut("/content", ContentRoutes.WriteAsync).Allow(Access.Operator)
            .WithSummary("Writes a file whole from the body, of any length: a reader never sees half of it, and what breaks off leaves what was there.")
            .WithQuery("path", $"The file, in a folder that is there. {PathHelp}").WithQuery("overwrite", "\"true\" replaces a file that is there; otherwise that is refused.")
            .WithQuery("modified_at", "The time the file gets, such as 2026-01-31T08:00:00Z.")
            .Takes<Stream>("application/octet-stream").Produces<FileView>(201).Produces<FileView>().Refuses(409, 422).Streams();
    }
}
