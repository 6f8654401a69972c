using System.Text.Json;
using Gantry.Engine.Providers.Manifests.Answers;
using Gantry.Engine.Providers.Manifests.Connections;
using Gantry.Engine.Providers.Manifests.Requests;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Providers.Manifests;

/// <summary>One run of an action: asks, reads on where the answer is a list, waits where it is a job.</summary>
internal sealed class ActionRun(VendorClient client, ManifestAction action, JsonElement input, JsonElement given)
{
    private readonly ManifestErrors errors = action.Errors.Over(client.Manifest.Errors);

    public async Task<ProviderResult> RunAsync(CancellationToken cancellationToken)
    {
        var receiver = new FileReceiver(action.Response.Form == AnswerForm.File ? Text(ManifestProvider.SaveToName) : null, client.Call, action.Response, errors);
        var hasFile = action.Response.Form == AnswerForm.File || action.Parameters.Any(parameter => parameter.Type == ManifestType.File || parameter.Items?.Type == ManifestType.File);
        var request = new VendorRequest
        {
            Make = MakeWith(client.Call.IdempotencyKey, cancellationToken),
            Errors = errors,
            Input = input,
            Form = action.Response.Form,
            NeedsTree = action.Response.Items is not null || action.Response.Output is not null || errors.When is not null,
            IsRepeatable = action.IsRepeatable,
            Timeout = action.Timeout ?? (hasFile ? TimeSpan.FromHours(1) : TimeSpan.FromSeconds(100)),
            Receiver = receiver,
        };
        if (action.Paging is { } paging)
        {
            return await new ListReader(client, action, paging, request, Limit()).ReadAsync(cancellationToken);
        }

        var answer = await client.AskAsync(request, cancellationToken);
        if (action.Poll is { } poll)
        {
            return await new JobWait(client, action, poll, input, errors, receiver).WaitAsync(answer, UseOf, cancellationToken);
        }

        var use = UseOf(answer);
        if (client.Call.ChecksForm && action.Response.Structured is { } form && new StructuredAnswer(form, input) is var structured && structured.ProblemOf(answer) is { } problem)
        {
            var wrong = answer;
            try
            {
                answer = await RepairAsync(request, structured, wrong, problem, cancellationToken);
            }
            catch (ProviderException failure)
            {
                return ProviderResult.Failure(failure.Error) with { Metadata = use };
            }

            use = answer == wrong ? use : TokenUse.Sum(use, UseOf(answer));
            if (structured.ProblemOf(answer) is { } still)
            {
                return ProviderResult.Failure(NotOfForm(still, isAskedAgain: answer != wrong)) with { Metadata = use };
            }
        }

        return ProviderResult.Success(await OutputOfAsync(answer, receiver, cancellationToken), $"{client.Manifest.Name} answered {answer.Status}.") with { Metadata = use };
    }

    private Func<ManifestScope, ValueTask<RequestDraft>> MakeWith(string key, CancellationToken cancellationToken) =>
        scope => new ActionRequest(client.Manifest, action, scope).MakeAsync(key, client.Call.Endpoints, cancellationToken);

    private IReadOnlyDictionary<string, string> UseOf(VendorAnswer answer) =>
        client.Manifest.AsksAi(action) ? TokenUse.Of(answer, client.Manifest, action) : TokenUse.None;

    /// <summary>The answer to the same question, asked once more with what is wrong; the same answer when it cannot be.</summary>
    private async ValueTask<VendorAnswer> RepairAsync(VendorRequest request, StructuredAnswer structured, VendorAnswer answer, string problem, CancellationToken cancellationToken)
    {
        if (structured.Repaired(answer, problem) is not { } again)
        {
            return answer;
        }

        client.Call.Log.Write(StepLogLevel.Warning, client.Mask($"{client.Manifest.Name} is asked once more, since its answer does not have the form that was asked for. {problem}"));
        return await client.AskAsync(request with { Input = again, Make = MakeWith(client.Call.IdempotencyKey + "-again", cancellationToken) }, cancellationToken);
    }

    private ProviderError NotOfForm(string problem, bool isAskedAgain) => new()
    {
        Kind = ProviderErrorKind.Upstream,
        Message = client.Mask($"The answer of {client.Manifest.Name} does not have the form that was asked for{(isAskedAgain ? ", also after it was told" : "")}. {problem}"),
    };

    private async ValueTask<JsonElement> OutputOfAsync(VendorAnswer answer, FileReceiver receiver, CancellationToken cancellationToken) =>
        await receiver.FileOfAsync(answer, cancellationToken) ?? OutputOf(answer);

    private JsonElement OutputOf(VendorAnswer answer)
    {
        if (action.Response.Items is { } items)
        {
            return answer.Find(items) is { ValueKind: not JsonValueKind.Null } list ? list : JsonElement.Parse("[]");
        }

        return action.Response.Output is { } output ? answer.Find(output) ?? Scalars.Null : answer.Body;
    }

    private int? Limit() => given.TryGetProperty(ManifestProvider.LimitName, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var limit)
        ? limit >= 1 ? limit : throw new ProviderException(new ProviderError { Kind = ProviderErrorKind.BadRequest, Message = "'limit' must be at least 1." })
        : null;

    private string? Text(string name) => given.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? Scalars.TextOf(value) : null;
}
