using Gantry.Cli.CommandLine;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Settings;
using Gantry.Engine.Transfers;

namespace Gantry.Cli.Files;

/// <summary>"gantry link": lets somebody without a login read or write one file for a while.</summary>
internal static class LinkCommand
{
    private static readonly TimeSpan LifetimeDefault = TimeSpan.FromHours(1);

    public static Command Describe() => new()
    {
        Name = "link",
        Help = "Prints a link by which anybody can download a file for a while, or upload it. The place must be able to make one: S3 is.",
        Arguments = [new("ADDRESS", "s3://bucket/key, or NAME:path of a saved endpoint.")],
        Options =
        [
            new("--expires", "How long it holds: 30m, 12h, 7d at most. An hour without it.") { Value = "TIME" },
            new("--upload", "A link for writing the file (HTTP PUT) instead of reading it."),
            .. FilesOpener.Options,
        ],
        Examples = ["gantry link s3://releases/app.zip --expires 1d", "curl -T app.zip \"$(gantry link s3://inbox/app.zip --upload)\""],
        RunAsync = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var address = invocation.Argument("ADDRESS");
        var lifetime = LifetimeDefault;
        if (invocation.Find("--expires") is { } text && !Duration.TryParse(text, out lifetime))
        {
            throw new UsageException($"'{text}' is no time: {Duration.Form}.");
        }

        var (folder, name) = TransferPlaces.Split(address) ?? throw new UsageException($"'{address}' names the root of a place, and no file in it.");
        var opener = await FilesOpener.CreateAsync(invocation, [address], cancellationToken);
        await using var endpoint = await opener.OpenAsync(folder, cancellationToken);
        if (endpoint is not IPresigns signer)
        {
            throw new CommandException($"'{EndpointPath.Printable(address)}' is at a place that cannot make links. S3 can.");
        }

        var isUpload = invocation.Has("--upload");
        if (!isUpload && await endpoint.FindAsync(name, cancellationToken) is not { Kind: EntryKind.File })
        {
            throw new CommandException($"There is no file at '{EndpointPath.Printable(address)}'.");
        }

        Console.Out.WriteLine(await signer.PresignAsync(name, lifetime, isUpload, cancellationToken));
        return ExitStatus.Succeeded;
    }
}
