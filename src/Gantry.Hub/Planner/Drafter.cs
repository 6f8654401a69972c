using System.Globalization;
using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Manifests;
using Gantry.Engine.Secrets;
using Gantry.Hub.Accounts;
using Gantry.Hub.Database;
using Gantry.Hub.Endpoints;
using Gantry.Hub.Vault;
using Gantry.Hub.Web;

namespace Gantry.Hub.Planner;

/// <summary>
/// Has an AI draft a plan: asks as a step of a plan would, with the caller's credentials and within the rules for requests out, reads the answer as data, and says
/// at most twice what is wrong with it.
/// </summary>
internal sealed class Drafter(
    HubDatabase database, ProviderCatalog providers, ActionSearch actions, DraftCheck check, PlannerBudget budget, SecretsOf secretsOf, SecretsInUse secretsInUse,
    EndpointAccess endpoints, WorkspaceEgress egress, TimeProvider clock)
{
    private const int QuestionsMax = 3;
    private const int NamesMax = 10_000;

    public async Task<Draft> DraftAsync(Actor actor, DraftRequest request, CancellationToken cancellationToken)
    {
        using var redactor = secretsInUse.Begin();
        var secrets = secretsOf(actor);
        using var wiping = secrets as IDisposable;
        PlannerSettings settings;
        PlannerSurroundings surroundings;
        await using (var session = await database.OpenAsync(actor, cancellationToken))
        {
            settings = await PlannerSettings.ReadAsync(session, cancellationToken);
            surroundings = new PlannerSurroundings(
                (await EndpointStore.ListAsync(session, null, NamesMax, cancellationToken)).Select(endpoint => endpoint.Name).ToHashSet(StringComparer.Ordinal),
                (await secrets.NamesAsync(cancellationToken)).ToHashSet(StringComparer.Ordinal));
        }

        var (vendor, model, connection) = ChooseVendor(request, settings, surroundings);
        var provider = providers.Find(vendor.Provider)!;
        var action = provider.Actions.First(known => known.Id == vendor.Action);
        var system = PlannerPrompt.Build(actions.Find(request.Prompt, surroundings.Connections), surroundings);
        var conversation = new Conversation(vendor, action, model, connection, system, request.Prompt);
        var draft = new Draft { Id = Guid.CreateVersion7(clock.GetUtcNow()), Prompt = request.Prompt, Provider = vendor.Provider, Model = model };
        var call = new ProviderCall
        {
            Action = vendor.Action,
            Parameters = default,
            Secrets = new RedactingSecrets(secrets, redactor),
            Endpoints = endpoints.OpenerFor(actor, new RedactingSecrets(secrets, redactor), _ => { }),
            IdempotencyKey = draft.Id.ToString(),
            Log = new NoLog(),
            Clock = clock,
            ChecksForm = false,
            EgressAllowed = await egress.AllowedAsync(actor, cancellationToken),
        };
        for (var question = 1; ; question++)
        {
            ProviderResult result;
            try
            {
                result = await AskAsync(actor, settings, provider, call with { IdempotencyKey = $"{draft.Id}-{question}", Parameters = conversation.Parameters() }, conversation.TokensMax, redactor, cancellationToken);
            }
            catch (ProblemException problem) when (question > 1)
            {
                return draft with { Missing = [.. draft.Missing, $"The AI could not be asked to mend the draft: {problem.Message}"] };
            }

            var answer = ChatAnswer.Of(vendor.Shape, result.Output);
            draft = (await ReadAsync(actor, draft, answer, surroundings, redactor, cancellationToken)).After(result);
            if (draft.Findings.Count == 0 || answer.IsRefused || question == QuestionsMax) return draft;
            conversation.Complain(answer, PlannerPrompt.Complaint(draft.Findings.Select(finding => finding.ToString())));
        }
    }

    private async Task<Draft> ReadAsync(Actor actor, Draft draft, ChatAnswer answer, PlannerSurroundings surroundings, Redactor redactor, CancellationToken cancellationToken)
    {
        if (answer.IsRefused) return draft.Without($"The AI would not answer{(answer.Text.Length == 0 ? "" : $": {Engine.Endpoints.EndpointPath.Printable(redactor.Text(Short(answer.Text)))}")}. Say it in other words.");
        if (answer.IsCutOff) return draft.Without($"The answer was cut off at {Conversation.AnswerTokensMax.ToString(CultureInfo.InvariantCulture)} tokens. A smaller plan fits.");
        var (read, problem) = answer.Text.Length == 0 ? (null, "The AI answered nothing.") : DraftAnswer.Read(redactor.Text(answer.Text));
        if (read is null) return draft.Without(problem!);
        await using var session = await database.OpenAsync(actor, cancellationToken);
        var found = await check.CheckAsync(session, read.Plan, surroundings, cancellationToken);
        return draft with { Plan = read.Plan, Steps = read.Steps, Missing = [.. found.Missing, .. read.Missing], Checked = found };
    }

    /// <summary>One question, within the budget.</summary>
    private async Task<ProviderResult> AskAsync(
        Actor actor, PlannerSettings settings, IProvider provider, ProviderCall call, long tokensMax, Redactor redactor, CancellationToken cancellationToken)
    {
        var day = await budget.TakeAsync(actor, settings, tokensMax, cancellationToken);
        long used = 0;
        try
        {
            var result = await provider.RunAsync(call, cancellationToken);
            if (!result.IsSuccess) throw Problem(provider, result.Error ?? ProviderFailure.WithoutReason, redactor);

            // A vendor that does not tell what was used is taken to have used what was allowed.
            used = Draft.TokensOf(result) ?? tokensMax;
            return result;
        }
        catch (Exception failure) when (failure is not ProblemException && !cancellationToken.IsCancellationRequested)
        {
            throw Problem(provider, ProviderFailure.Describe(failure, isCancelled: false), redactor);
        }
        catch (OperationCanceledException)
        {
            // The question is on its way and may be answered to nobody.
            used = tokensMax;
            throw;
        }
        finally
        {
            await budget.SettleAsync(actor, day, tokensMax, used);
        }
    }

    private static ProblemException Problem(IProvider provider, ProviderError error, Redactor redactor)
    {
        var detail = $"{provider.Title} did not draft a plan: {redactor.Text(error.Message)}";
        return error.Kind switch
        {
            ProviderErrorKind.RateLimited => ProblemException.TooMany(detail, error.RetryAfter ?? TimeSpan.FromMinutes(1)),
            ProviderErrorKind.Unauthorized or ProviderErrorKind.BadRequest or ProviderErrorKind.NotFound => new ProblemException(422, detail),
            ProviderErrorKind.TimedOut => new ProblemException(504, detail),
            _ => new ProblemException(502, detail),
        };
    }

    private (ChatVendor Vendor, string Model, string? Connection) ChooseVendor(DraftRequest request, PlannerSettings settings, PlannerSurroundings surroundings)
    {
        var id = request.Provider ?? settings.Provider;
        var known = ChatVendor.In(providers);
        var vendor = id is not null
            ? known.FirstOrDefault(vendor => vendor.Provider == id) ?? throw ProblemException.Invalid($"'{Engine.Endpoints.EndpointPath.Printable(Short(id))}' drafts no plans. These do: {string.Join(", ", known.Select(vendor => vendor.Provider))}.")
            : known.FirstOrDefault(vendor => surroundings.Connections.Contains(vendor.Provider) || !TakesConnection(vendor))
                ?? throw new ProblemException(422, $"You have credentials for no AI that drafts plans. Connect one of {string.Join(", ", known.Select(vendor => vendor.Provider))}, as by PUT /api/provider-credentials/{known[0].Provider}.");

        // What the workspace says of one provider is nothing that another one knows.
        var isSettled = settings.Provider is null || settings.Provider == vendor.Provider;
        var model = request.Model ?? (isSettled && settings.Provider is not null ? settings.Model : null) ?? vendor.Model
            ?? throw new ProblemException(422, $"Say which model of {vendor.Provider} is to draft, by 'model' or in the workspace's settings: PUT /api/ai-planner/settings.");
        if (!TakesConnection(vendor)) return (vendor, model, null);
        var connection = request.Connection ?? (isSettled && settings.Provider is not null ? settings.Connection : null) ?? vendor.Provider;
        return surroundings.Connections.Contains(connection) ? (vendor, model, connection)
            : throw new ProblemException(422, $"There are no credentials '{connection}' that you may use. Save them by PUT /api/provider-credentials/{connection}, or name others in 'connection'.");
    }

    private bool TakesConnection(ChatVendor vendor) =>
        providers.FindAction(vendor.Provider, vendor.Action)?.Parameters.Any(parameter => parameter.Name == ManifestProvider.ConnectionName) == true;

    private static string Short(string text) => text.Length <= 500 ? text : text[..500] + "…";

    private sealed class NoLog : IStepLog
    {
        public void Write(StepLogLevel level, string message, JsonElement? fields = null)
        {
        }

        public void Report(JsonElement progress)
        {
        }
    }
}
