using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Plans;
using Gantry.Engine.Secrets;
using Gantry.Engine.Transfers;
using Gantry.Hub.Accounts;
using Gantry.Hub.Endpoints;
using Gantry.Hub.Executions;
using Gantry.Hub.Vault;
using Gantry.Hub.Web;

namespace Gantry.Hub.Transfers;

/// <summary>
/// What a transfer would do with the first files it finds: the same plan as the transfer's, rehearsed here and now without being kept, and ended when enough is known.
/// Of a chain the first link, since the others take what arrives there.
/// </summary>
internal sealed class TransferPreview(
    TransferStarter starter, PlanRunner runner, SecretsOf secretsOf, SecretsInUse inUse, EndpointAccess endpoints, WorkspaceEgress egress, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public async Task<TransferPreviewView> RunAsync(NewTransferRequest request, Caller caller, string? limit, CancellationToken cancellationToken)
    {
        var count = PageQuery.Limit(limit);
        var id = Guid.CreateVersion7(clock.GetUtcNow());
        var spec = TransferStarter.Fix(RehearsalOf(TransferSpecs.Read(request)), id);
        await using (var session = await endpoints.Database.OpenAsync(caller.Actor, cancellationToken))
            await TransferSpecs.CheckAsync(spec, session, endpoints, cancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stop.CancelAfter(Patience);
        var seen = new Seen(count, stop);
        using var redactor = inUse.Begin();
        var outcome = await RehearseAsync(id, spec, caller, seen, redactor, stop.Token);
        cancellationToken.ThrowIfCancellationRequested();
        if (outcome.Error is { } error && outcome.Status == ExecutionStatus.Failed && seen.Files.Count == 0)
            throw new ProblemException(422, error.Message);
        var isWhole = outcome.Status is ExecutionStatus.Succeeded or ExecutionStatus.Failed;
        return new TransferPreviewView(spec.To[0], [.. seen.Files.Select(file => ViewOf(file, redactor))], isWhole, isWhole || seen.IsFull ? null
            : $"It was ended after {Patience.TotalSeconds:0} s; there may be more.");
    }

    private async Task<PlanOutcome> RehearseAsync(Guid id, TransferSpec spec, Caller caller, Seen seen, Redactor redactor, CancellationToken cancellationToken)
    {
        var secrets = secretsOf(caller.Actor);
        using var wiping = secrets as IDisposable;
        var run = new PlanRun
        {
            ExecutionId = id,
            Plan = starter.Check(TransferPlan.Write(spec)),
            Inputs = ExecutionJson.Parse(TransferPlan.InputsOf(spec)),
            Secrets = secrets,
            Redactor = redactor,
            Endpoints = endpoints.OpenerFor(caller.Actor, new RedactingSecrets(secrets, redactor), _ => { }),
            EgressAllowed = await egress.AllowedAsync(caller.Actor, cancellationToken),
            Manifests = seen,
        };
        return await runner.RunAsync(run, new MemoryJournal(), cancellationToken);
    }

    private static TransferSpec RehearsalOf(TransferSpec spec)
    {
        var options = new Dictionary<string, JsonElement>(spec.Options, StringComparer.Ordinal) { ["dry_run"] = JsonElement.Parse("true"), ["retries"] = JsonElement.Parse("0") };
        return spec with { To = [spec.IsChain ? TransferPlan.ToOf(spec, 0) : spec.To[0]], Options = options };
    }

    private static PreviewedFile ViewOf(ManifestEntry file, Redactor redactor) => new(
        EndpointPath.AsText(file.Path), JsonNamingPolicy.SnakeCaseLower.ConvertName(file.Outcome.ToString()), file.TargetPath is { } target ? EndpointPath.AsText(target) : null,
        file.Size, file.ModifiedAt, file.Reason is { } reason ? redactor.Text(reason) : null);

    /// <summary>Takes the first lines of the manifest and ends the rehearsal then.</summary>
    private sealed class Seen(int filesMax, CancellationTokenSource stop) : IManifestStore, IKeptManifest
    {
        private readonly Lock gate = new();
        private readonly List<ManifestEntry> files = [];

        public string Name => "";

        public bool IsFull { get; private set; }

        public IReadOnlyList<ManifestEntry> Files
        {
            get
            {
                lock (gate) return [.. files.OrderBy(file => file.Path, StringComparer.Ordinal)];
            }
        }

        public void Add(in ManifestEntry entry)
        {
            lock (gate)
            {
                if (files.Count < filesMax)
                {
                    files.Add(entry);
                    return;
                }

                if (IsFull) return;
                IsFull = true;
            }

            // Not from within a file's own end.
            _ = Task.Run(stop.Cancel);
        }

        public IKeptManifest Begin(string stepPath, int attempt, Func<TransferProgress?> progress)
        {
            lock (gate) files.Clear();
            return this;
        }

        public ValueTask<IReadOnlyCollection<string>> FindPathsAsync(string manifest, ManifestPart part, CancellationToken cancellationToken) =>
            ValueTask.FromResult<IReadOnlyCollection<string>>([]);

        public ValueTask CompleteAsync(TransferResult? result, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

/// <summary>What a transfer would do.</summary>
/// <param name="To">The target as it is now, with the time put into it; of a chain the first.</param>
/// <param name="IsWhole">These are all files.</param>
/// <param name="Note">Why it is not whole, unless the files are as many as were asked for.</param>
internal sealed record TransferPreviewView(string To, IReadOnlyList<PreviewedFile> Files, bool IsWhole, string? Note);

/// <summary>What would become of one file.</summary>
/// <param name="Path">Relative to the source.</param>
/// <param name="Result">copied, skipped (it is there), deleted or failed.</param>
/// <param name="TargetPath">Relative to the target.</param>
/// <param name="Reason">Why it would fail.</param>
internal sealed record PreviewedFile(string Path, string Result, string? TargetPath, long? Size, DateTimeOffset? ModifiedAt, string? Reason);
