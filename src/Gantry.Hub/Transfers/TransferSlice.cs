using Gantry.Hub.Web;

namespace Gantry.Hub.Transfers;

/// <summary>Transfers: executions that move files, with what became of each file; templates of them; chains.</summary>
internal static class TransferSlice
{
    private const string WaitHelp = "How long to wait for the end, such as 30s; at most 10 minutes.";
    private const string KeyHelp = "1 to 255 visible ASCII characters that name this start.";

    public static void AddTransfers(this IServiceCollection services)
    {
        services.AddSingleton<TemplateLibrary>();
        services.AddSingleton<TransferStarter>();
        services.AddSingleton<TransferStream>();
        services.AddSingleton<TransferPreview>();
    }

    public static void MapTransfers(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/transfers").WithTags("Transfers");
        group.MapPost("", TransferRoutes.StartAsync).Allow(Access.Operator)
            .WithSummary("Moves files: from one or more places to one, or through several in a row. It is an execution of the plan that it says, and is cancelled as one; "
                + "the same Idempotency-Key answers the same transfer for a day.")
            .WithQuery("wait", WaitHelp).WithHeader("Idempotency-Key", KeyHelp).Produces<TransferShape>(202).Produces<TransferShape>().Refuses(422);
        group.MapPost("/preview", (NewTransferRequest request, Caller caller, TransferPreview preview, string? limit, CancellationToken cancellationToken) =>
                preview.RunAsync(request, caller, limit, cancellationToken)).Allow(Access.Operator)
            .WithSummary("Says what a transfer would do with the first files it finds, and where each would be then. Nothing is moved or kept; of a chain it is the first link.").Refuses(422);
        group.MapGet("", TransferRoutes.ListAsync).Allow(Access.Viewer)
            .WithSummary("Lists transfers, the newest first: by status, endpoint, template, the transfer they take up, a text in names and addresses (q), and time (since, until).")
            .Produces<Page<TransferShape>>().Refuses(404);
        group.MapGet("/events", TransferRoutes.StreamAsync).Allow(Access.Viewer)
            .WithSummary("Streams the newest transfers of the list as server-sent events: 'transfer' (one that is new, or stands otherwise than it was told) and 'list' (the ids of those that "
                + "are the newest now, and whether there are older ones), first all of them, then what changes; behind Last-Event-ID nothing that was seen is told again.").StreamsEvents().Refuses(404);
        group.MapGet("/{id}", TransferRoutes.ShowAsync).Allow(Access.Viewer).WithSummary("Shows one transfer: how each link stands, its summary and its first failures.")
            .Produces<TransferShape>();
        group.MapGet("/{id}/events", (HttpContext context, Caller caller, string id, TransferStream stream) => stream.ServeAsync(context, caller, id)).Allow(Access.Viewer)
            .WithSummary("Streams what happens as server-sent events, to the end: 'transfer' (its state), 'progress' (of each link) and 'file' (each file's end), each with JSON as its data.")
            .WithQuery("files", "\"none\" leaves out the files' ends; otherwise \"all\".").StreamsEvents();
        group.MapGet("/{id}/manifest", ManifestRoutes.PageAsync).Allow(Access.Viewer)
            .WithSummary("Lists what became of each file, by result, by a part of the path (q) and by step. A page may be short, or empty, and yet have a next one.")
            .Produces<Page<ManifestShape>>();
        group.MapGet("/{id}/manifest.jsonl", ManifestRoutes.DownloadAsync).Allow(Access.Viewer)
            .WithSummary("Answers the whole manifest, one JSON object to a line.").MayBeLinked().Produces<string>(200, "application/x-ndjson").Streams();
        group.MapGet("/{id}/manifest.csv", ManifestRoutes.DownloadCsvAsync).Allow(Access.Viewer)
            .WithSummary("Answers the whole manifest as CSV, with a line of names above.").MayBeLinked().Produces<string>(200, "text/csv").Streams();
        group.MapPost("/{id}/retry", TransferRoutes.RetryAsync).Allow(Access.Operator)
            .WithSummary("Starts a transfer of only what failed.")
            .WithQuery("wait", WaitHelp).WithHeader("Idempotency-Key", KeyHelp).Produces<TransferShape>(202).Produces<TransferShape>().Refuses(409, 422);

        var templates = app.MapGroup("/api/transfer-templates").WithTags("Transfers");
        templates.MapGet("", TemplateRoutes.ListAsync).Allow(Access.Viewer).WithSummary("Lists the templates by name.");
        templates.MapPost("", TemplateRoutes.AddAsync).Allow(Access.Editor).WithSummary("Saves a template under a new name. It is a plan, and every change a version of it.")
            .Produces<TemplateView>(201).Refuses(409, 422);
        templates.MapGet("/{template}", TemplateRoutes.ShowAsync).Allow(Access.Viewer).WithSummary("Shows a template by name or id.").Refuses(409);
        templates.MapPut("/{template}", TemplateRoutes.PutAsync).Allow(Access.Editor).WithSummary("Saves a new version of a template.")
            .Produces<TemplateView>().Produces<TemplateView>(201).Refuses(409, 412, 422);
        templates.MapDelete("/{template}", TemplateRoutes.DeleteAsync).Allow(Access.Editor).WithSummary("Deletes a template; what it moved stays in the history.")
            .Produces(204).Refuses(412);
        templates.MapPost("/{template}/run", TemplateRoutes.RunAsync).Allow(Access.Operator)
            .WithSummary("Runs a template, for all of its files or for those that are named.").WithQuery("wait", WaitHelp).WithHeader("Idempotency-Key", KeyHelp)
            .MayTake<TemplateRunRequest>().Produces<TransferShape>(202).Produces<TransferShape>().Refuses(409, 422);
    }
}
