using Gantry.Engine.Endpoints;
using Gantry.Hub.Database;
using Gantry.Hub.Endpoints.Files;
using Gantry.Hub.Web;

namespace Gantry.Hub.Executions.Files;

/// <summary>The files that an execution keeps: listed and downloaded.</summary>
internal static class ExecutionFileRoutes
{
    public static void MapExecutionFiles(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/executions/{id}/files").WithTags("Executions");
        group.MapGet("", ListAsync).Allow(Access.Viewer)
            .WithSummary("Lists the files that the execution keeps: what its steps were answered with and had no place for, in the order in which it came.").Produces<Page<ExecutionFileShape>>();
        group.MapGet("/{file}", ReadAsync).Allow(Access.Viewer)
            .WithSummary("Downloads a file that the execution keeps, or the part of it that 'Range' asks for.")
            .MayBeLinked().WithHeader("Range", "One range of bytes, such as bytes=0-65535.")
            .Produces<Stream>(200, "application/octet-stream").Streams();
    }

    private static async Task<IResult> ListAsync(Caller caller, string id, HubDatabase database, string? limit, string? after, CancellationToken cancellationToken)
    {
        var count = PageQuery.Limit(limit);
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var execution = await ExecutionRoutes.FindAsync(session, id, cancellationToken);
        var found = await ExecutionFileStore.ListAsync(session, execution.Id, PageQuery.AfterId(after), count + 1, cancellationToken);
        return TypedResults.Ok(Page<ExecutionFileShape>.From([.. found.Select(ExecutionFileShape.Of)], count, file => file.Id.ToString()));
    }

    private static async Task ReadAsync(HttpContext context, Caller caller, string id, string file, HubDatabase database, CancellationToken cancellationToken)
    {
        ExecutionFile found;
        await using (var session = await database.OpenAsync(caller.Actor, cancellationToken))
        {
            var execution = await ExecutionRoutes.FindAsync(session, id, cancellationToken);
            found = await ExecutionFileStore.FindAsync(session, execution.Id, PageQuery.Id(file, "file"), cancellationToken)
                ?? throw ProblemException.NotFound($"The execution keeps no file '{file}'.");
        }

        var entry = new Entry { Name = found.Name, Kind = EntryKind.File, Size = found.Size, ModifiedAt = found.CreatedAt };
        var range = ByteRange.Of(context.Request.Headers, entry);
        ContentRoutes.SetHeaders(context.Response, found.Name, entry, range, isInline: false);
        if (range is { IsEmpty: true })
            return;
        await using var content = new ExecutionFileStream(database, caller.Actor, found, range?.Offset ?? 0);
        var buffer = new byte[64 * 1024];
        for (var left = range?.Length ?? found.Size; left > 0;)
        {
            var read = await content.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), cancellationToken);
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            left -= read;
        }
    }
}

/// <summary>A file that an execution keeps.</summary>
/// <param name="Size">In bytes.</param>
/// <param name="ContentType">As whoever sent it said.</param>
/// <param name="Sha256">Of its bytes, in lower-case hexadecimal.</param>
/// <param name="Step">The path of the step that was answered with it.</param>
/// <param name="Address">By which steps of this workspace's plans open it.</param>
/// <param name="Url">Where it is downloaded.</param>
internal sealed record ExecutionFileShape(
    Guid Id, string Name, long Size, string ContentType, string Sha256, string Step, int Attempt, DateTimeOffset CreatedAt, string Address, string Url)
{
    public static ExecutionFileShape Of(ExecutionFile file) => new(
        file.Id, file.Name, file.Size, file.ContentType, file.Sha256, file.Step, file.Attempt, file.CreatedAt,
        ExecutionFileAddress.Of(file.ExecutionId, file.Id, file.Name), $"/api/executions/{file.ExecutionId}/files/{file.Id}");
}
