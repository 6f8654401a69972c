using Gantry.Engine.Plans.Triggers;
using Gantry.Hub.Database;
using Gantry.Hub.Executions;
using Gantry.Hub.Web;

namespace Gantry.Hub.Triggers.Webhooks;

/// <summary>
/// Calls of webhooks: /api/webhook/~WORKSPACE/PATH, or /api/webhook/PATH for the workspace 'default' (or that of the header Gantry-Workspace). Nobody is signed in; a webhook's own
/// secret says who may call it.
/// </summary>
internal sealed class WebhookRoutes(
    WebhookFinder finder, WebhookSecrets secrets, TriggerStarter starter, TriggerWork work, EventDelivery delivery, EndWatch ends, HubDatabase database, RateLimits limits,
    TriggerOptions options, TimeProvider clock)
{
    private const string DefaultWorkspace = "default";

    private readonly RateLimits.Buckets calls = new(options.PerMinuteOfWebhook, clock);

    public async Task<IResult> CallAsync(HttpContext context, string path)
    {
        var found = await FindAsync(context, path);
        var body = await WebhookBody.ReadAsync(context.Request, context.RequestAborted);

        // A sender may take minutes over a body: the webhook may be another by then, paused or gone.
        if (body.CameLate)
            found = await FindAsync(context, path);
        var hook = HookOf(found);
        await RefuseStrangerAsync(context, found, hook, body);
        if (calls.Take(found.Id.ToString()) is { } wait)
            throw ProblemException.TooManyFor(wait, "This webhook is called more often than it may be.");
        if (found.IsPaused)
            throw new ProblemException(StatusCodes.Status503ServiceUnavailable, "This webhook is paused. Send it again later.");
        return await AcceptAsync(context, found, hook, body);
    }

    private async Task<FoundWebhook> FindAsync(HttpContext context, string path)
    {
        var (workspace, rest) = PlaceOf(context.Request, path);
        if (!context.IsHead() && await finder.FindAsync(workspace, rest, context.Request.Method, context.RequestAborted) is { } found)
            return found;
        CountStranger(context);
        throw ProblemException.NotFound($"There is no webhook {context.Request.Method} '{Shorten(path)}'.");
    }

    private static WebhookTrigger HookOf(FoundWebhook found)
    {
        try
        {
            return (WebhookTrigger)found.Read();
        }
        catch (PlanFormatException)
        {
            // A zone that it names is gone from this machine, say. Why is none of a stranger's business.
            throw new ProblemException(StatusCodes.Status503ServiceUnavailable, "This webhook cannot be served at the moment. Send it again later; its trigger on the hub says what is wrong.");
        }
    }

    private async Task<IResult> AcceptAsync(HttpContext context, FoundWebhook found, WebhookTrigger hook, WebhookBody body)
    {
        var json = body.Json(context.Request);
        var name = WebhookCheck.DeliveryOf(hook.Scheme, context.Request.Headers, json);
        var (eventId, executionId) = (Guid.CreateVersion7(clock.GetUtcNow()), Guid.CreateVersion7(clock.GetUtcNow()));
        var seen = new SeenEvent
        {
            Id = eventId,
            Trigger = found,
            Key = name is null ? null : TriggerTexts.Key(name),
            Summary = name is null ? hook.Watches : $"{hook.Watches}, delivery {name}",
            Payload = body.Payload(found, eventId, hook, context.Request, json, name),
            OccurredAt = clock.GetUtcNow(),
            NotesDuplicate = true,
        };
        using var ending = hook.Reply == WebhookReply.Result ? ends.Begin(executionId) : null;
        var delivered = await starter.DeliverAsync(seen, executionId, ClientAddress.Of(context)?.Text);
        if (delivered.Status == "duplicate")
            return await AnswerKnownAsync(context, found, hook, delivered);
        if (delivered.Accepted is not { } accepted)
            return Settled(delivered);
        var view = ExecuteRoutes.ViewOf(delivered.Start!, accepted);
        return await AnswerAsync(context, found, hook, view, delivered.EventId, ending);
    }

    /// <summary>The sender has sent this before: it is told what came of it. What came to nothing is tried once more.</summary>
    private async Task<IResult> AnswerKnownAsync(HttpContext context, FoundWebhook found, WebhookTrigger hook, Delivered known)
    {
        var delivered = known;
        if (known.ExecutionId is null && await work.FindEventAsync(found.WorkspaceId, known.EventId, CancellationToken.None) is { } stored)
        {
            delivered = stored.EventStatus is "failed" or "dead"
                ? await delivery.DeliverAsync(stored, CancellationToken.None)
                : known with { ExecutionId = stored.ExecutionId, Status = stored.EventStatus };
        }

        if (delivered.ExecutionId is not { } executionId)
            return Settled(delivered);
        context.Response.Headers["Idempotency-Replayed"] = "true";
        using var ending = ends.Begin(executionId);
        var actor = new Actor(found.UserId, found.WorkspaceId);
        ExecutionView? view;
        await using (var session = await database.OpenAsync(actor, context.RequestAborted))
            view = await ExecutionStore.FindAsync(session, executionId, context.RequestAborted);
        return view is null ? Settled(delivered) : await AnswerAsync(context, found, hook, view, known.EventId, ending);
    }

    private async Task<IResult> AnswerAsync(HttpContext context, FoundWebhook found, WebhookTrigger hook, ExecutionView view, Guid eventId, EndWait? ending)
    {
        var actor = new Actor(found.UserId, found.WorkspaceId);
        if (hook.Reply == WebhookReply.Accepted)
            return Shown(view with { Output = null, Error = null, FailedStep = null }, eventId, StatusCodes.Status202Accepted);
        if (!view.IsFinal && ending is not null)
            view = await ends.WaitAsync(actor, view, ending, hook.Wait, context.RequestAborted) ?? view;
        if (view.OutputBlob is { } blob)
        {
            await using var session = await database.OpenAsync(actor, context.RequestAborted);
            view = view with { Output = await ExecutionStore.BlobAsync(session, view.Id, blob, context.RequestAborted) };
        }

        return Shown(view, eventId, view.Status switch
        {
            "succeeded" => StatusCodes.Status200OK,
            "failed" or "cancelled" => StatusCodes.Status500InternalServerError,
            _ => StatusCodes.Status202Accepted,
        });
    }

    /// <summary>Whoever calls is told of the execution what concerns it, and not with what it was started.</summary>
    private static JsonAnswer Shown(ExecutionView view, Guid eventId, int status) => JsonAnswer.Of(json =>
    {
        json.WriteStartObject();
        json.WriteString("id", view.Id);
        json.WriteString("status", view.Status);
        json.WriteString("event_id", eventId);
        EventJson.WriteRaw(json, "output", view.Output);
        EventJson.WriteRaw(json, "error", view.Error);
        EventJson.WriteText(json, "failed_step", view.FailedStep);
        json.WriteEndObject();
    }, status);

    private static IResult Settled(Delivered delivered) => delivered.Status switch
    {
        "failed" or "dead" => Results.Problem(
            title: "Not possible",
            statusCode: StatusCodes.Status422UnprocessableEntity,
            detail: $"The delivery is on record, and started nothing: {delivered.Reason}",
            extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["event_id"] = delivered.EventId }),
        var status => Results.Json(new { status, event_id = delivered.EventId }, HubJson.Options),
    };

    private async Task RefuseStrangerAsync(HttpContext context, FoundWebhook found, WebhookTrigger hook, WebhookBody body)
    {
        if (hook.Secret is not { } secret)
            return;
        for (var renews = false; ; renews = true)
        {
            var value = await secrets.FindAsync(found, secret.Name, renews, context.RequestAborted);
            var reason = value is null ? null : WebhookCheck.WhyNot(hook, context.Request.Headers, body.Bytes, value, clock.GetUtcNow());
            if (value is not null && reason is null)
                return;
            if (!renews)
                continue;
            if (reason is null)
                throw new ProblemException(StatusCodes.Status503ServiceUnavailable, "This webhook cannot tell its callers at the moment: the credential that it names is not there.");
            CountStranger(context);
            throw new ProblemException(StatusCodes.Status401Unauthorized, reason);
        }
    }

    /// <summary>Known callers have the webhook's own limit; whoever guesses has that of their address.</summary>
    private void CountStranger(HttpContext context)
    {
        if (limits.Count(null, ClientAddress.Of(context)) is { } wait)
            throw ProblemException.TooManyFor(wait, "That is one request too many.");
    }

    private static (string Workspace, string Path) PlaceOf(HttpRequest request, string path)
    {
        path = path.Trim('/');
        if (!path.StartsWith('~'))
            return (SingleHeader.Of(request, "Gantry-Workspace") is { Length: > 0 } named ? named : DefaultWorkspace, path);
        var slash = path.IndexOf('/');
        return slash < 0 ? (path[1..], "") : (path[1..slash], path[(slash + 1)..]);
    }

    private static string Shorten(string text) => text.Length <= 100 ? text : text[..100] + "…";
}

/// <summary>What a caller of a webhook is told. Members that have no value are left out.</summary>
/// <param name="Status">Of the execution; or "filtered", when the trigger does not want the call.</param>
/// <param name="EventId">The call, as it is on record.</param>
/// <param name="Id">The execution; not of a filtered call.</param>
/// <param name="Output">With 'reply: result'.</param>
/// <param name="Error">With 'reply: result', when it failed.</param>
/// <param name="FailedStep">The path of the step that failed.</param>
internal sealed record WebhookAnswer(
    string Status, Guid EventId, Guid? Id = null, System.Text.Json.JsonElement? Output = null, ErrorShape? Error = null, string? FailedStep = null);
