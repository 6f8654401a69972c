using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Gantry.Cli.Files;

/// <summary>The standard output of a command that may say very much: it learns when whoever read it has had enough, as in "gantry ls … | head".</summary>
internal sealed class PlainOutput : IAsyncDisposable
{
    private readonly Stream output = Open();

    /// <summary>Nobody reads any more.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Writes all of it, and empties it.</summary>
    public async ValueTask WriteAsync(ArrayBufferWriter<byte> text)
    {
        try
        {
            if (!IsGone && text.WrittenCount > 0)
            {
                await output.WriteAsync(text.WrittenMemory);
            }
        }
        catch (IOException) when (output is FileStream)
        {
            IsGone = true;
        }

        text.ResetWrittenCount();
    }

    public ValueTask DisposeAsync() => output.DisposeAsync();

    /// <summary>The console's own stream takes a pipe that was closed for one that is read. A file it writes to where others went on, which no other stream would.</summary>
    private static Stream Open()
    {
        if (!Console.IsOutputRedirected || OperatingSystem.IsWindows())
        {
            return Console.OpenStandardOutput();
        }

        FileStream direct = new(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        if (!direct.CanSeek)
        {
            return direct;
        }

        direct.Dispose();
        return Console.OpenStandardOutput();
    }
}
