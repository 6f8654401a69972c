using System.Diagnostics;

namespace Gantry.Engine.Providers.Programs;

/// <summary>A program that is spoken to while it runs. Disposing of it ends it, and all that it started.</summary>
public sealed class RunningProgram : IAsyncDisposable
{
    private readonly Process process;
    private readonly TimeProvider clock;
    private readonly int group;
    private readonly Task telling;

    internal RunningProgram(Process process, ProgramOutput errors, TimeProvider clock)
    {
        (this.process, this.clock, group) = (process, clock, process.Id);
        telling = ProgramProcess.ReadAsync(process.StandardError.BaseStream, errors);
    }

    /// <summary>What is written to it.</summary>
    public Stream Input => process.StandardInput.BaseStream;

    /// <summary>What it says.</summary>
    public Stream Output => process.StandardOutput.BaseStream;

    public async ValueTask DisposeAsync()
    {
        await ProgramProcess.EndAsync(process, group, clock);
        try
        {
            await telling;
        }
        catch (IOException)
        {
            // It had nothing more to say.
        }

        process.Dispose();
    }
}
