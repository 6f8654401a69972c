using Gantry.Cli.CommandLine;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;

namespace Gantry.Cli.Files;

/// <summary>"gantry mkdir", "rm" and "cat": what is done at one place.</summary>
internal static class PlaceCommands
{
    private static readonly Argument Address = new("ADDRESS", "A path, sftp://user@host/path, or NAME:path of a saved endpoint.");

    public static Command DescribeMkdir() => new()
    {
        Name = "mkdir",
        Help = "Makes a folder, and those above it.",
        Arguments = [Address],
        Options = FilesOpener.Options,
        Examples = ["gantry mkdir web:html/news/2026"],
        RunAsync = async (invocation, cancellationToken) =>
        {
            await using var endpoint = await OpenAsync(invocation, cancellationToken);
            await endpoint.CreateFolderAsync("", cancellationToken);
            return ExitStatus.Succeeded;
        },
    };

    public static Command DescribeRm() => new()
    {
        Name = "rm",
        Help = "Deletes a file, or with -r a folder and all that is in it.",
        Arguments = [Address],
        Options = [new("--recursive", "Deletes a folder and all that is in it.") { Short = 'r' }, .. FilesOpener.Options],
        Examples = ["gantry rm web:html/old.html", "gantry rm -r web:html/old"],
        RunAsync = RemoveAsync,
    };

    public static Command DescribeCat() => new()
    {
        Name = "cat",
        Help = "Writes a file to standard output.",
        Arguments = [Address],
        Options = FilesOpener.Options,
        Examples = ["gantry cat web:html/robots.txt", "gantry cat sftp://deploy@www.example.org/var/log/web.log > web.log"],
        RunAsync = async (invocation, cancellationToken) =>
        {
            await using var place = await OpenPlaceAsync(invocation, cancellationToken);
            await using var file = await place.Folder.OpenReadAsync(place.Name, 0, null, cancellationToken);
            await using var output = Console.OpenStandardOutput();
            await file.CopyToAsync(output, cancellationToken);
            return ExitStatus.Succeeded;
        },
    };

    private static async Task<int> RemoveAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        await using var place = await OpenPlaceAsync(invocation, cancellationToken);
        var entry = await place.Folder.FindAsync(place.Name, cancellationToken)
            ?? throw new CommandException($"There is nothing at '{EndpointPath.Printable(invocation.Argument("ADDRESS"))}'.");
        if (entry.Kind != EntryKind.Folder)
        {
            await place.Folder.DeleteFileAsync(place.Name, cancellationToken);
            return ExitStatus.Succeeded;
        }

        if (!invocation.Has("--recursive"))
        {
            throw new UsageException($"'{invocation.Argument("ADDRESS")}' is a folder: -r deletes it with all that is in it.");
        }

        var result = await new TreeDelete(place.Folder, FileSelection.All, isDryRun: false, TimeProvider.System).RunAsync(place.Name, cancellationToken);
        foreach (var failure in result.Failures)
        {
            Console.Error.WriteLine($"gantry: {EndpointPath.Printable(failure.Path)}: {failure.Reason}");
        }

        if (result.IsSuccess)
        {
            await place.Folder.DeleteFolderAsync(place.Name, cancellationToken);
        }

        return TransferOutcome.StatusOf(result);
    }

    private static async ValueTask<IEndpoint> OpenAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var address = invocation.Argument("ADDRESS");
        var opener = await FilesOpener.CreateAsync(invocation, [address], cancellationToken);
        return await opener.OpenAsync(address, cancellationToken);
    }

    private static async ValueTask<Place> OpenPlaceAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var address = invocation.Argument("ADDRESS");
        var (folder, name) = TransferPlaces.Split(address) ?? throw new UsageException($"'{address}' names the root of a place, and no file or folder in it.");
        var opener = await FilesOpener.CreateAsync(invocation, [address], cancellationToken);
        return new Place(await opener.OpenAsync(folder, cancellationToken), name);
    }

    private sealed record Place(IEndpoint Folder, string Name) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Folder.DisposeAsync();
    }
}
