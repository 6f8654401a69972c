using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Programs;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Command;

/// <summary>Programs of the machine that this process runs on: those that its administrator allowed, and never a shell in between.</summary>
public sealed class CommandProvider : IProvider
{
    public string Id => "command";

    public string Title => "Command";

    public string Help => "Runs programs of this machine that its administrator allowed.";

    public IReadOnlyList<ProviderAction> Actions { get; } =
    [
        new()
        {
            Id = "run",
            Help = "Runs a program to its end, and gives what it wrote.",
            Parameters =
            [
                new() { Name = "program", IsRequired = true, Help = "The absolute path of a program that the setting programs_allow names." },
                new() { Name = "arguments", Type = SettingType.List, Help = "Its arguments; each arrives as it is. No secrets: everybody on the machine can read them." },
                new() { Name = "folder", Help = "The absolute path of the folder it works in; a new empty one, removed afterwards, when none is given." },
                .. ProgramRun.Common,
            ],
        },
    ];

    public async Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var run = new ProgramRun(call);
        var program = ProgramOf(run.Parameters, call.ProgramsAllowed);
        var arguments = run.Parameters.Find("arguments") is { } list ? ProgramRun.WordsOf("arguments", list) : [];
        var input = await run.InputAsync(call.Secrets, cancellationToken);
        using var place = WorkFolder.Of(run.Parameters.FindText("folder"));
        using var limit = new CancellationTokenSource(run.Timeout, call.Clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return run.ToResult(program, await ProgramProcess.RunAsync(program, arguments, place.Path, input, run, call.Clock, stop.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw run.TooLate(program);
        }
    }

    /// <summary>Exactly as it is allowed: no other spelling of the path, and no name that is looked for.</summary>
    private static string ProgramOf(HttpCall parameters, IReadOnlyList<string> allowed)
    {
        var program = parameters.FindText("program") ?? "";
        if (!program.StartsWith('/') || program.Any(char.IsControl))
        {
            throw HttpCall.Bad("'program' is the absolute path of a program, such as /usr/bin/pandoc.");
        }

        if (!allowed.Contains(program, StringComparer.Ordinal))
        {
            throw new ProviderException(new ProviderError
            {
                Kind = ProviderErrorKind.Unauthorized,
                Message = $"'{program}' may not be run here. An administrator of this machine allows it by the setting programs_allow (GANTRY_PROGRAMS_ALLOW={program}), "
                    + "which names programs by their absolute paths, joined by ':'.",
            });
        }

        return File.Exists(program) ? program : throw new ProviderException(new ProviderError { Kind = ProviderErrorKind.NotFound, Message = $"There is no program '{program}' on this machine." });
    }

    /// <summary>The folder that is named, or one of its own for as long as the program runs.</summary>
    private sealed class WorkFolder : IDisposable
    {
        private readonly bool isOwn;

        private WorkFolder(string path, bool isOwn) => (Path, this.isOwn) = (path, isOwn);

        public string Path { get; }

        public static WorkFolder Of(string? given)
        {
            if (given is null)
            {
                return new WorkFolder(Directory.CreateTempSubdirectory("gantry-command-").FullName, isOwn: true);
            }

            return given.StartsWith('/') && !given.Contains('\0', StringComparison.Ordinal) && Directory.Exists(given)
                ? new WorkFolder(given, isOwn: false)
                : throw HttpCall.Bad("'folder' is the absolute path of a folder that is there.");
        }

        public void Dispose()
        {
            if (!isOwn)
            {
                return;
            }

            try
            {
                Directory.Delete(Path, recursive: true);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // What the program made of it is the system's to clean, as all that is temporary.
            }
        }
    }
}
