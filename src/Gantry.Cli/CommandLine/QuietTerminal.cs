using System.Runtime.InteropServices;

namespace Gantry.Cli.CommandLine;

/// <summary>
/// The terminal of standard input without echo, until it is disposed of. .NET's own reading turns the echo off for each key and on again in between, so that what is typed or
/// pasted too early shows.
/// </summary>
internal sealed partial class QuietTerminal : IDisposable
{
    private const int StandardInput = 0;
    private const int Now = 0;
    private const int EchoFlag = 8;

    /// <summary>Larger than any system's.</summary>
    private const int StateLength = 256;

    /// <summary>Where the local modes are: the fourth word, which is of 4 bytes on Linux and of 8 on macOS.</summary>
    private static readonly int Modes = OperatingSystem.IsMacOS() ? 24 : 12;

    private readonly byte[] before = new byte[StateLength];
    private readonly bool isTerminal;

    public QuietTerminal()
    {
        isTerminal = tcgetattr(StandardInput, before) == 0;
        if (isTerminal)
        {
            byte[] quiet = [.. before];
            quiet[Modes] &= unchecked((byte)~EchoFlag);
            _ = tcsetattr(StandardInput, Now, quiet);
        }
    }

    public void Dispose()
    {
        if (isTerminal)
        {
            _ = tcsetattr(StandardInput, Now, before);
        }
    }

    [LibraryImport("libc")]
    private static partial int tcgetattr(int descriptor, byte[] state);

    [LibraryImport("libc")]
    private static partial int tcsetattr(int descriptor, int when, byte[] state);
}
