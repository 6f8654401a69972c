using System.Text.Json;
using Gantry.Engine.Expressions;
using Gantry.Engine.Providers.Manifests.Answers;
using Gantry.Engine.Providers.Manifests.Connections;
using Gantry.Engine.Providers.Manifests.Requests;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Providers.Manifests;

/// <summary>Asks after a job until it is done.</summary>
internal sealed class JobWait(VendorClient client, ManifestAction action, ManifestPoll poll, JsonElement input, ManifestErrors errors, FileReceiver receiver)
{
    /// <param name="first">What began it.</param>
    /// <param name="useOf">What an answer says that was used.</param>
    /// <param name="cancellationToken">Ends the waiting, and not the job.</param>
    public async Task<ProviderResult> WaitAsync(VendorAnswer first, Func<VendorAnswer, IReadOnlyDictionary<string, string>> useOf, CancellationToken cancellationToken)
    {
        var clock = client.Call.Clock;
        var end = clock.GetUtcNow() + poll.Timeout;
        var job = poll.Id is null ? Scalars.Null : first.Find(poll.Id) ?? throw Fail(
            ProviderErrorKind.Upstream, $"{client.Manifest.Name} began a job and did not say which: there is nothing at '{poll.Id}' of its answer.");
        var request = new VendorRequest
        {
            Make = scope => Make(scope, first.Body),
            Errors = errors,
            Input = input,
            Job = job,
            NeedsTree = true,
            IsRepeatable = true,
            Timeout = TimeSpan.FromSeconds(100),
            Receiver = receiver,
        };
        while (true)
        {
            VendorAnswer answer;
            try
            {
                answer = await client.AskAsync(request, cancellationToken);
            }
            catch (ProviderException exception)
            {
                await AfterAsync(exception.Error, end, cancellationToken);
                continue;
            }

            var scope = new ManifestScope(answer.Scope.Connection) { Input = input, Job = job, Answer = answer.Body, Token = answer.Scope.Token };
            if (IsTrue(poll.FailedWhen, scope))
            {
                var said = errors.Message.Select(answer.FindText).FirstOrDefault(text => text is not null);
                throw Fail(ProviderErrorKind.Upstream, $"The job of {client.Manifest.Id}.{action.Id} failed{(said is null ? "" : $": {Web.HttpAnswer.OneLine(client.Mask(said))}")}.");
            }

            if (IsTrue(poll.Until, scope))
            {
                var result = await receiver.FileOfAsync(answer, cancellationToken) ?? (poll.Output is { } output ? answer.Find(output) ?? Scalars.Null : answer.Body);
                return ProviderResult.Success(result, $"The job of {client.Manifest.Name} is done.") with { Metadata = useOf(answer) };
            }

            if (clock.GetUtcNow() + poll.Every > end)
            {
                throw Fail(ProviderErrorKind.TimedOut, $"The job of {client.Manifest.Id}.{action.Id} was not done within {Duration.Format(poll.Timeout)}. It may still be going on.");
            }

            await Task.Delay(poll.Every, clock, cancellationToken);
        }
    }

    /// <summary>The job goes on whether its state can be asked or not, and the step, begun again, would begin another one: what may pass is asked again until the time is up.</summary>
    private async ValueTask AfterAsync(ProviderError error, DateTimeOffset end, CancellationToken cancellationToken)
    {
        var clock = client.Call.Clock;
        var wait = error.RetryAfter is { } asked && asked > poll.Every ? asked : poll.Every;
        if (!error.IsTransient || clock.GetUtcNow() + wait > end)
        {
            throw new ProviderException(error with
            {
                IsTransient = false,
                RetryAfter = null,
                Message = $"The job of {client.Manifest.Id}.{action.Id} was begun, and may still be going on, but cannot be asked after: {error.Message}",
            });
        }

        client.Call.Log.Write(StepLogLevel.Warning, $"The job of {client.Manifest.Name} could not be asked after, and is asked again: {error.Message}");
        await Task.Delay(wait, clock, cancellationToken);
    }

    private static bool IsTrue(ManifestText? condition, ManifestScope scope) => condition?.IsTrue(scope) == true;

    private static ProviderException Fail(ProviderErrorKind kind, string message) => new(new ProviderError { Kind = kind, Message = message });

    private ValueTask<RequestDraft> Make(ManifestScope scope, JsonElement began)
    {
        scope.Answer = began;
        var target = poll.Call.Make(scope, name => input.TryGetProperty(name, out var value) ? PathValue.Encode(StyledValue.Text(value), isRaw: false, name)
            : throw new ExpressionException($"'{name}' is not given"));
        var draft = new RequestDraft(poll.Call.Method, scope) { Address = BaseAddress.Join(client.Manifest, scope, target) };
        foreach (var (name, text) in client.Manifest.Constants.Headers)
        {
            if (text.FindText(scope) is { } value)
            {
                draft.SetHeader(name, value);
            }
        }

        foreach (var (name, text) in client.Manifest.Constants.Query.Concat(poll.Query))
        {
            if (text.FindText(scope) is { } value)
            {
                draft.SetQuery(name, value);
            }
        }

        return ValueTask.FromResult(draft);
    }
}
