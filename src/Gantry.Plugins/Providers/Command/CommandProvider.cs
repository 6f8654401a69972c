using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Programs;
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
        var program = ProgramsAllowed.Require(run.Parameters.FindText("program") ?? "", call.ProgramsAllowed);
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
}
