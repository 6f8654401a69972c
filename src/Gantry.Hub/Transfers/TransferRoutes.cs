using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gantry.Hub.Database;
using Gantry.Hub.Endpoints;
using Gantry.Hub.Executions;
using Gantry.Hub.Executions.Journal;
using Gantry.Hub.Plans;
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
        await using (var session = await database.OpenAsync(caller.Actor, cancellationToken))
            old = await FindAsync(session, id, cancellationToken);
        if (!old.IsFinal)
            throw ProblemException.Conflict($"The transfer is not at its end: it is {old.Status}. Cancel it by POST /api/executions/{old.Id}/cancel, or wait.");
        if (old.Status == "succeeded")
            throw ProblemException.Conflict("Nothing of the transfer failed.");
        if (old.Stands is null && old.StartedAt is not null && old.Spec.Choices is not null)
            throw ProblemException.Conflict("The manifest of the transfer is not kept any more. Start it anew: what is there unchanged is not sent again.");
        var (execution, status) = await starter.StartAsync(context, caller, TransferRetry.Of(old), old.Name, old.Id, HashOf($"retry {old.Id}"));
        return await AnswerAsync(context, caller, database, execution.Id, status, cancellationToken);
    }

    public static async Task<IResult> ListAsync(Caller caller, HubDatabase database, string? status, string? endpoint, string? template, string? retry_of, string? q, string? since,
        string? until, string? limit, string? after, CancellationToken cancellationToken)
    {
        var count = PageQuery.Limit(limit);
        if (status is not null && !StatusNames.Executions.Contains(status))
            throw ProblemException.Invalid($"The parameter 'status' is one of {string.Join(", ", StatusNames.Executions)}.");
        if (endpoint is { Length: 0 or > 200 } || endpoint?.Contains('\0') == true)
            throw ProblemException.Invalid("The parameter 'endpoint' is the name of a saved endpoint.");
        if (q is not null && (q.Length is < TransferGrams.QuestionMin or > TransferGrams.QuestionMax || q.Any(char.IsControl)))
            throw ProblemException.Invalid($"The parameter 'q' is a text of {TransferGrams.QuestionMin} to {TransferGrams.QuestionMax} characters.");
        var filter = new TransferFilter
        {
            Status = status,
            Endpoint = endpoint,
            RetryOf = retry_of is null ? null : PageQuery.Id(retry_of, "transfer"),
            Text = q is null ? null : ExecutionJson.Storable(q.ToLowerInvariant()),
            Since = TimeOf("since", since),
            Until = TimeOf("until", until),
            After = PageQuery.AfterId(after),
            Count = count + 1,
        };
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        if (template is not null)
            filter = filter with { TemplateId = (await PlanRoutes.FindAsync(session, template, cancellationToken)).Id };
        var found = await TransferStore.ListAsync(session, filter, cancellationToken);
        return JsonAnswer.Page(found, count, (view, json) => view.Write(json), view => view.Id.ToString());
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

    private static DateTimeOffset? TimeOf(string name, string? text)
    {
        if (text is null)
            return null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time
            : throw ProblemException.Invalid($"The parameter '{name}' is a time such as 2026-01-31T08:00:00Z.");
    }
}
