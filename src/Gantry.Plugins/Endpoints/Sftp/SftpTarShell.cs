using System.Text;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>
/// The login's shell, which extracts one archive after the other. What it runs is fixed; where, it reads from its input, in octal. Both streams are
/// used synchronously, each by a thread of its own.
/// </summary>
internal sealed class SftpTarShell(SftpPipe pipe) : IAsyncDisposable
{
    /// <summary>Archives have the length of some of these.</summary>
    public const int BlockBytes = 64 * 1024;

    /// <summary>
    /// No quote, backslash or exclamation mark: the login's shell may be of another family. It says that it is there, with its umask. Then it reads a
    /// folder and a file below it, which must be there: a shell may well see other files than the SFTP server does. Then, again and again, a count of
    /// blocks and so many of them. An archive that fails is read to its end all the same.
    /// </summary>
    public const string Command =
        "exec sh -c '"
        + "unset TAR_OPTIONS CDPATH; "
        + "command -v tar >/dev/null && command -v cat >/dev/null && dd if=/dev/null count=0 iflag=fullblock 2>/dev/null && echo gantry-ready $(umask) && "
        + "read -r d && read -r t && d=$(printf %bx \"$d\") && t=$(printf %bx \"$t\") && cd -- \"${d%x}\" && [ -f \"${t%x}\" ] && echo gantry-in && "
        + "while read -r n; do "
        + "dd bs=65536 count=\"$n\" iflag=fullblock 2>/dev/null | { tar -xpof - 2>/dev/null; s=$?; cat >/dev/null; echo gantry-done $s; }; "
        + "done'";

    private const int ChatterMax = 64 * 1024;

    private readonly byte[] buffer = new byte[4096];
    private int read;
    private int filled;

    /// <summary>New files that state no mode of their own get this.</summary>
    public int ModeOfNew { get; private set; } = 0x1A4;

    /// <summary>Waits until it says that it is there, past what start-up files print. False when it ends or says something else without end.</summary>
    public bool HearReady()
    {
        const string Ready = "gantry-ready ";
        for (var heard = 0; heard < ChatterMax && ReadLine() is { } line; heard += line.Length + 1)
        {
            if (line.StartsWith(Ready, StringComparison.Ordinal))
            {
                ModeOfNew = ModeUnder(line[Ready.Length..].Trim());
                return true;
            }
        }

        return false;
    }

    /// <summary>Tells it where; it answers by <see cref="HearIn"/>.</summary>
    /// <param name="root">As the SFTP server takes it: absolute, or relative to the login's home.</param>
    /// <param name="token">The path of a file below it.</param>
    public void Enter(string root, string token)
    {
        var text = new StringBuilder();
        AppendLine(text, root.StartsWith('/') ? root : $"./{root}");
        AppendLine(text, $"./{token}");
        Write(Encoding.ASCII.GetBytes(text.ToString()));
    }

    public bool HearIn() => ReadLine() == "gantry-in";

    /// <summary>Whether tar was content with the next archive; null when the shell is over, or talks of something else.</summary>
    public bool? HearDone() => ReadLine() switch
    {
        "gantry-done 0" => true,
        { } line when line.StartsWith("gantry-done ", StringComparison.Ordinal) => false,
        _ => null,
    };

    public void Write(ReadOnlySpan<byte> bytes)
    {
        pipe.Output.Write(bytes);
        pipe.Output.Flush();
    }

    /// <summary>Nothing follows: it ends when it has worked off what it got. For the thread that writes.</summary>
    public void EndInput() => pipe.Output.Dispose();

    /// <summary>Ends it at once, also for threads that are blocked in it.</summary>
    public void Abort() => pipe.Abort();

    /// <summary>What was only needed for logging in can go.</summary>
    public void OnGreeted() => pipe.OnGreeted();

    /// <summary>Why it is not there.</summary>
    public ValueTask<EndpointException> ExplainAsync(EndpointException reason) => pipe.ExplainAsync(reason);

    public ValueTask DisposeAsync() => pipe.DisposeAsync();

    /// <summary>As `printf %b` reads it.</summary>
    private static void AppendLine(StringBuilder text, string path)
    {
        Span<byte> bytes = new byte[NameBytes.Count(path)];
        NameBytes.Encode(path, bytes);
        foreach (var value in bytes)
        {
            text.Append('\\').Append('0').Append(Convert.ToString(value, 8).PadLeft(3, '0'));
        }

        text.Append('\n');
    }

    private static int ModeUnder(string umask)
    {
        var taken = 0;
        foreach (var digit in umask)
        {
            if (digit is < '0' or > '7')
            {
                return 0x1A4;
            }

            taken = ((taken << 3) | (digit - '0')) & 0x1FF;
        }

        return 0x1B6 & ~taken;
    }

    /// <summary>Null at the end, and for a line that is far too long.</summary>
    private string? ReadLine()
    {
        while (true)
        {
            var line = buffer.AsSpan(read, filled - read);
            var end = line.IndexOf((byte)'\n');
            if (end >= 0)
            {
                read += end + 1;
                return Encoding.Latin1.GetString(line[..end]).TrimEnd('\r');
            }

            line.CopyTo(buffer);
            (read, filled) = (0, line.Length);
            if (filled == buffer.Length)
            {
                return null;
            }

            var count = pipe.Input.Read(buffer, filled, buffer.Length - filled);
            if (count == 0)
            {
                return null;
            }

            filled += count;
        }
    }
}
