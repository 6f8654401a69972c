using Gantry.Engine.Secrets;

namespace Gantry.Cli.CommandLine;

/// <summary>Until it is disposed of, whatever is written to the terminal or into a pipe goes through a redactor.</summary>
internal sealed class MaskedConsole : IDisposable
{
    private readonly TextWriter output = Console.Out;
    private readonly TextWriter errors = Console.Error;
    private readonly RedactingWriter maskedOutput;
    private readonly RedactingWriter maskedErrors;

    public MaskedConsole(Redactor redactor)
    {
        maskedOutput = new RedactingWriter(output, redactor) { AutoFlush = true };
        maskedErrors = new RedactingWriter(errors, redactor) { AutoFlush = true };
        Console.SetOut(maskedOutput);
        Console.SetError(maskedErrors);
    }

    public void Dispose()
    {
        Console.SetOut(output);
        Console.SetError(errors);
        maskedOutput.Dispose();
        maskedErrors.Dispose();
    }
}
