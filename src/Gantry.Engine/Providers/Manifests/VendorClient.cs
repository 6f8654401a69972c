using System.Text.Json;
using Gantry.Engine.Expressions;
using Gantry.Engine.Providers.Manifests.Answers;
using Gantry.Engine.Providers.Manifests.Auth;
using Gantry.Engine.Providers.Manifests.Connections;
using Gantry.Engine.Providers.Manifests.Requests;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Secrets;

namespace Gantry.Engine.Providers.Manifests;

/// <summary>What is to be asked, and how its answer is read.</summary>
internal sealed record VendorRequest
{
    /// <summary>Makes it with the token of the moment; again for each attempt.</summary>
    public required Func<ManifestScope, ValueTask<RequestDraft>> Make { get; init; }

    public required ManifestErrors Errors { get; init; }

    public JsonElement Input { get; init; }

    public JsonElement Job { get; init; }

    public AnswerForm? Form { get; init; }

    public bool NeedsTree { get; init; }

    public bool IsRepeatable { get; init; }

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>Takes what is a file while it comes, and answers what the step answers; null when every body is read.</summary>
    public FileReceiver? Receiver { get; init; }
}

/// <summary>Asks a vendor in the name of one connection: signs in, keeps to the budget, renews a dead token once, and waits where the vendor says so.</summary>
internal sealed class VendorClient(Manifest manifest, ProviderCall call, Connection connection, ManifestAuth auth, HttpGate gate)
{
    /// <summary>What an answer may be long, before it is better moved as a file.</summary>
    private const int BytesMax = 15 * 1024 * 1024;

    private const int AttemptsMax = 5;

    private readonly ConnectionSession session = ConnectionSession.Of(manifest, connection, call.Clock);
    private bool isRefreshed;

    public ProviderCall Call => call;

    public Manifest Manifest => manifest;

    public string Mask(string text) => call.Secrets is RedactingSecrets redacting ? redacting.Text(text) : text;

    /// <summary>An answer that is a success; a failure is a <see cref="ProviderException"/>.</summary>
    public async Task<VendorAnswer> AskAsync(VendorRequest request, CancellationToken cancellationToken)
    {
        var tokens = auth.HasToken ? new TokenSource(manifest, auth, connection, session, call, gate) : null;
        string? dead = null;
        for (var attempt = 1; ; attempt++)
        {
            var token = tokens is null ? null : await tokens.GetAsync(dead, cancellationToken);
            var scope = new ManifestScope(connection) { Input = request.Input, Job = request.Job };
            if (token is not null)
            {
                scope.Token = token.Values;
            }

            var answer = await SendAsync(request, scope, cancellationToken);
            if (answer.ClosedUntil(manifest.Limits, call.Clock) is { } closed)
            {
                session.Budget.CloseUntil(Sooner(closed));
            }

            if (token is not null && !isRefreshed && IsDead(answer, scope))
            {
                (isRefreshed, dead) = (true, token.Version);
                continue;
            }

            if (answer.Error(manifest, request.Errors, call.Clock, Mask) is not { } error)
            {
                return answer;
            }

            if (attempt >= AttemptsMax || WaitAfter(answer, error, request, attempt) is not { } wait)
            {
                throw new ProviderException(error.Status is 401 && error.Kind == ProviderErrorKind.Unauthorized ? WithHint(error) : error);
            }

            call.Log.Write(StepLogLevel.Info, $"{manifest.Name} asks to wait for {Settings.Duration.Format(wait)} ({answer.Status}).");
            session.Budget.CloseUntil(call.Clock.GetUtcNow() + wait);
        }
    }

    private DateTimeOffset Sooner(DateTimeOffset time)
    {
        var latest = call.Clock.GetUtcNow() + manifest.Limits.WaitMax;
        return time < latest ? time : latest;
    }

    private ProviderError WithHint(ProviderError error) => error with { Message = $"{error.Message.TrimEnd('.')}. Look at the connection '{connection.Name}': 'gantry provider connect {manifest.Id}' asks for it anew." };

    private bool IsDead(VendorAnswer answer, ManifestScope scope) =>
        auth.Token.RefreshOnStatus.Contains(answer.Status) || auth.Token.RefreshWhen?.IsTrue(scope.With(answer.Body)) == true;

    /// <summary>How long to wait before it is asked again; null when that is left to the step. What was refused for its rate was not done, and may be asked again whatever it is.</summary>
    private TimeSpan? WaitAfter(VendorAnswer answer, ProviderError error, VendorRequest request, int attempt)
    {
        var isRefusal = answer.Status == 429 || manifest.Limits.RetryStatus.Contains(answer.Status) || error.Kind == ProviderErrorKind.RateLimited;
        var asked = answer.Wait(manifest.Limits, call.Clock);
        if (!isRefusal && (answer.Status != 503 || (asked is null && !request.IsRepeatable)))
        {
            return null;
        }

        var wait = asked ?? TimeSpan.FromSeconds(Math.Pow(2, attempt - 1));
        return wait <= manifest.Limits.WaitMax ? wait : null;
    }

    private async Task<VendorAnswer> SendAsync(VendorRequest request, ManifestScope scope, CancellationToken cancellationToken)
    {
        using var place = await session.Budget.EnterAsync(call.Clock, cancellationToken);
        RequestDraft? draft = null;
        try
        {
            draft = await request.Make(scope);
            Complete(draft);
            RequestSigner.Sign(auth, draft, session.Digest, call.Clock.GetUtcNow());
            var answer = await SendAsync(request, draft, cancellationToken);
            if (auth.Kind == AuthKind.Digest && answer.Status == 401
                && DigestAuth.Read(answer.Web.Headers.Where(header => header.Key == "www-authenticate").SelectMany(header => header.Value)) is { } challenge)
            {
                session.Digest.Begin(challenge);
                var next = session.Digest.Next()!.Value;
                RequestSigner.AnswerDigest(auth, draft, next.Challenge, next.Count);
                answer = await SendAsync(request, draft, cancellationToken);
            }

            return answer;
        }
        catch (ExpressionException exception)
        {
            throw new ProviderException(new ProviderError { Kind = ProviderErrorKind.BadRequest, Message = $"{manifest.Name} cannot be asked: {exception.Message}." });
        }
        finally
        {
            foreach (var (_, file) in draft?.Files ?? [])
            {
                await file.DisposeAsync();
            }
        }
    }

    private static void Complete(RequestDraft draft)
    {
        if (!draft.HasHeader("User-Agent"))
        {
            draft.SetHeader("User-Agent", "Gantry");
        }

        if (!draft.HasHeader("Accept"))
        {
            draft.SetHeader("Accept", "application/json, */*;q=0.5");
        }
    }

    private async Task<VendorAnswer> SendAsync(VendorRequest request, RequestDraft draft, CancellationToken cancellationToken)
    {
        connection.RequireAllowed(draft.Scope.UsedFields, draft.Url());
        JsonElement? received = null;
        var web = draft.ToRequest(request.Timeout, call.EgressAllowed, BytesMax, call.Memory, request.Receiver is not { } receiver ? null : async (head, stream, token) =>
        {
            if (!IsSuccess(head) || !receiver.Takes(head))
            {
                return false;
            }

            received = await receiver.ReceiveAsync(head, stream, token);
            return true;
        });
        var answer = await gate.SendAsync(web, call.Clock, cancellationToken);
        var body = received is not null ? new AnswerValue(Settings.Scalars.Null)
            : AnswerBody.Read(answer, IsSuccess(answer) ? request.Form : null, request.NeedsTree && IsSuccess(answer));
        return new VendorAnswer(web, draft.Scope, answer, body, received);
    }

    private static bool IsSuccess(WebAnswer answer) => (int)answer.Status is >= 200 and < 300;
}
