using System.Diagnostics;
using Gantry.Plugins.Endpoints.Sftp;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>An SFTP server that is a program on its standard streams: OpenSSH's own, or rclone's.</summary>
internal sealed class ProgramPipe : SftpPipe
{
    public const string OpenSshServer = "/usr/lib/openssh/sftp-server";
    private readonly Process process;

    private ProgramPipe(Process process, Stream input, Stream output)
        : base(input, output) => this.process = process;

    public static ProgramPipe Start(string program, params string[] arguments) => Start(program, arguments, stream => stream, stream => stream);

    /// <param name="program">Its absolute path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="wrapInput">Around what it says.</param>
    /// <param name="wrapOutput">Around what it hears.</param>
    public static ProgramPipe Start(string program, string[] arguments, Func<Stream, Stream> wrapInput, Func<Stream, Stream> wrapOutput)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        _ = process.StandardError.ReadToEndAsync();
        return new ProgramPipe(process, wrapInput(process.StandardOutput.BaseStream), wrapOutput(process.StandardInput.BaseStream));
    }

    public override void Abort()
    {
        process.Kill();
        base.Abort();
    }

    public override async ValueTask DisposeAsync()
    {
        Abort();
        await process.WaitForExitAsync();
    }
}

/// <summary>A stream that breaks after so many bytes in one direction, and from then on in both.</summary>
internal sealed class CutStream(Stream inner, long bytesMost, Action onCut) : Stream
{
    private long bytes;

    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => false;

    public override bool CanWrite => inner.CanWrite;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>How many bytes have passed.</summary>
    public long Passed => Interlocked.Read(ref bytes);

    public override int Read(byte[] buffer, int offset, int count)
    {
        var allowed = (int)Math.Min(count, bytesMost - bytes);
        if (allowed <= 0)
        {
            onCut();
            return 0;
        }

        var read = inner.Read(buffer, offset, allowed);
        Interlocked.Add(ref bytes, read);
        return read;
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        var allowed = (int)Math.Min(count, bytesMost - bytes);
        inner.Write(buffer, offset, allowed);
        Interlocked.Add(ref bytes, allowed);
        if (allowed < count)
        {
            inner.Flush();
            onCut();
            throw new IOException("The line was cut.");
        }
    }

    public override void Flush() => inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
