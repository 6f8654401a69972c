using System.Security.Cryptography;
using System.Text;
using Gantry.Hub.Database;
using Gantry.Hub.Endpoints;
using Gantry.Hub.Executions;
using Gantry.Hub.Web;

namespace Gantry.Hub.Transfers;

/// <summary>Transfers: started by one request, listed and searched, shown, and taken up again where they failed.</summary>
internal static class TransferRoutes
{
    public static async Task<IResult> StartAsync(NewTransferRequest request, HttpContext context, Caller caller, HubDatabase database, EndpointAccess endpoints,
        TransferStarter starter, CancellationToken cancellationToken)
    {
        var name = TransferSpecs.CheckName(request.Name);
        var spec = TransferSpecs.Read(request);
        await using (var session = await database.OpenAsync(caller.Actor, cancellationToken))
            await TransferSpecs.CheckAsync(spec, session, endpoints, cancellationToken);
        var (execution, status) = await starter.StartAsync(context, caller, spec, name, null, HashOf($"{name}\n{spec.ToJson()}"));
        return await AnswerAsync(context, caller, database, execution.Id, status, cancellationToken);
    }

    public static async Task<IResult> RetryAsync(string id, HttpContext context, Caller caller, HubDatabase database, TransferStarter starter, CancellationToken cancellationToken)
    {
        TransferView old;
        string? trigger;
        await using (var session = await database.OpenAsync(caller.Actor, cancellationToken))
        {
            old = await FindAsync(session, id, cancellationToken);
            trigger = await TransferStore.TriggerAsync(session, old.Id, cancellationToken);
        }

        if (!old.IsFinal)
            throw ProblemException.Conflict($"The transfer is not at its end: it is {old.Status}. Cancel it by POST /api/executions/{old.Id}/cancel, or wait.");
        if (old.Status == "succeeded")
            throw ProblemException.Conflict("Nothing of the transfer failed.");
        if (old.Stands is null && old.StartedAt is not null && old.Spec.Choices is not null)
            throw ProblemException.Conflict("The manifest of the transfer is not kept any more. Start it anew: what is there unchanged is not sent again.");
        var (execution, status) = await starter.StartAsync(context, caller, TransferRetry.Of(old), old.Name, new Retried(old.Id, trigger), HashOf($"retry {old.Id}"));
        return await AnswerAsync(context, caller, database, execution.Id, status, cancellationToken);
    }

    public static async Task<IResult> ListAsync([AsParameters] TransferQuery query, Caller caller, HubDatabase database, string? after, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var (filter, count) = await query.ReadAsync(session, after, cancellationToken);
        var found = await TransferStore.ListAsync(session, filter, cancellationToken);
        return JsonAnswer.Page(found, count, (view, json) => view.Write(json), view => view.Id.ToString());
    }

    public static async Task StreamAsync([AsParameters] TransferQuery query, HttpContext context, Caller caller, HubDatabase database, ListStream stream)
    {
        TransferFilter filter;
        int count;
        await using (var session = await database.OpenAsync(caller.Actor, context.RequestAborted))
            (filter, count) = await query.ReadAsync(session, null, context.RequestAborted);
        await stream.ServeAsync(context, "transfer", async cancellationToken =>
        {
            await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
            return NewestRows.Of(await TransferStore.ListAsync(session, filter, cancellationToken), count, view => view.Id, (view, json) => view.Write(json));
        });
    }

    public static async Task<IResult> ShowAsync(string id, Caller caller, HubDatabase database, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var view = await FindAsync(session, id, cancellationToken);
        var steps = await ExecutionStore.StepsAsync(session, view.Id, cancellationToken);
        return JsonAnswer.Of(json => view.Write(json, steps));
    }

    /// <summary>For every route that names a transfer: what is not the caller's is not there.</summary>
    public static async Task<TransferView> FindAsync(HubSession session, string id, CancellationToken cancellationToken) =>
        await TransferStore.FindAsync(session, PageQuery.Id(id, "transfer"), cancellationToken) ?? throw ProblemException.NotFound($"There is no transfer '{id}'.");

    /// <summary>The transfer as it stands now.</summary>
    public static async Task<IResult> AnswerAsync(HttpContext context, Caller caller, HubDatabase database, Guid id, int status, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var view = await FindAsync(session, id.ToString(), cancellationToken);
        IReadOnlyList<StepView>? steps = view.IsFinal ? await ExecutionStore.StepsAsync(session, id, cancellationToken) : [];
        context.Response.Headers.Location = $"/api/transfers/{id}";
        return JsonAnswer.Of(json => view.Write(json, steps), status);
    }

    private static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
