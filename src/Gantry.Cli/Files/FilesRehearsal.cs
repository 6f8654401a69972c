using Gantry.Engine.Endpoints;
using Gantry.Engine.Secrets;
using Gantry.Engine.Transfers;
using Gantry.Plugins;

namespace Gantry.Cli.Files;

/// <summary>Runs the program in while its endpoints are being opened: see <see cref="TransferRehearsal"/>.</summary>
internal sealed class FilesRehearsal : IAsyncDisposable
{
    private readonly CancellationTokenSource begins = new();
    private readonly Task run;

    /// <param name="opener">Tells of which kind the target is.</param>
    /// <param name="target">The address that files will go to.</param>
    /// <param name="opening">When it is done and the target is connected, the real thing begins.</param>
    public FilesRehearsal(FilesOpener opener, string target, Task<TransferPlaces> opening)
    {
        run = Task.Run(() => RunAsync(opener, target, begins.Token));
        _ = WatchAsync(opening);
    }

    /// <summary>It is through, or not wanted any more.</summary>
    public Task Over => run;

    public async ValueTask DisposeAsync()
    {
        await begins.CancelAsync();
        await run;
    }

    private async Task WatchAsync(Task<TransferPlaces> opening)
    {
        await ((Task)opening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (opening.IsCompletedSuccessfully && opening.Result.Target.Endpoint is IConnects target)
        {
            await target.Connecting;
        }

        await begins.CancelAsync();
    }

    private static async Task RunAsync(FilesOpener opener, string address, CancellationToken cancellationToken)
    {
        try
        {
            if (opener.KindOf(address).OpenRehearsal() is not { } target)
            {
                return;
            }

            // The program's own folder is a place of this machine that is surely there.
            var context = new EndpointContext { Secrets = new StoredSecrets() };
            await using var source = AllPlugins.Endpoints.Open(AllPlugins.Endpoints.Parse(AppContext.BaseDirectory)!, context);
            await using (target)
            {
                await TransferRehearsal.RunAsync(source, new FileSelection { SizeMax = 16 * 1024 }, target, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The curtain rises.
        }
        catch (EndpointException)
        {
            // What is wrong with an address is told by whoever opens it in earnest.
        }
    }
}
