namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>What ssh says on its standard error: the last lines, and of the debug messages only what explains a failure.</summary>
internal sealed class SshMessages
{
    private const int LinesMost = 60;
    private const int LineLengthMost = 500;
    private const string Debug = "debug1: ";

    /// <summary>Lines that begin so explain nothing.</summary>
    private static readonly string[] Idle = ["OpenSSH_", "Transferred: ", "Bytes per second: "];

    private readonly Lock gate = new();
    private readonly List<string> lines = [];
    private string? hostKey;
    private string? methods;
    private bool isAuthenticated;

    /// <param name="reader">Owned from here on.</param>
    public SshMessages(StreamReader reader) =>
        Ended = Task.Factory.StartNew(() => ReadAll(reader), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Completes when there is no more to come.</summary>
    public Task Ended { get; }

    /// <summary>The server's key as it was offered: "ssh-ed25519 SHA256:…". Null when it came not so far.</summary>
    public string? HostKey => Locked(() => hostKey);

    /// <summary>The ways to log in that the server accepts; null when it did not say.</summary>
    public string? Methods => Locked(() => methods);

    public bool IsAuthenticated => Locked(() => isAuthenticated);

    /// <summary>Lines for people, in order.</summary>
    public IReadOnlyList<string> Lines => Locked(() => lines.ToArray());

    public bool Has(string part) => Lines.Any(line => line.Contains(part, StringComparison.OrdinalIgnoreCase));

    private T Locked<T>(Func<T> read)
    {
        lock (gate)
        {
            return read();
        }
    }

    private void ReadAll(StreamReader reader)
    {
        try
        {
            while (reader.ReadLine() is { } line)
            {
                lock (gate)
                {
                    Take(line.Trim());
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The process was disposed of: nobody asks any more.
        }
        finally
        {
            reader.Dispose();
        }
    }

    private void Take(string line)
    {
        if (line.StartsWith(Debug, StringComparison.Ordinal))
        {
            TakeDebug(line.AsSpan(Debug.Length));
        }
        else if (line.StartsWith("Authenticated to ", StringComparison.Ordinal))
        {
            isAuthenticated = true;
        }
        else if (line.Length > 0 && !Idle.Any(start => line.StartsWith(start, StringComparison.Ordinal)))
        {
            lines.Add(Gantry.Engine.Endpoints.EndpointPath.Printable(line.Length > LineLengthMost ? line[..LineLengthMost] : line));
            if (lines.Count > LinesMost)
            {
                lines.RemoveAt(0);
            }
        }
    }

    private void TakeDebug(ReadOnlySpan<char> text)
    {
        const string HostKeyStart = "Server host key: ";
        const string MethodsStart = "Authentications that can continue: ";
        if (text.StartsWith(HostKeyStart))
        {
            hostKey = text[HostKeyStart.Length..].ToString();
        }
        else if (text.StartsWith(MethodsStart))
        {
            methods = text[MethodsStart.Length..].ToString();
        }
        else if (text.StartsWith("Authenticated to ") || text.StartsWith("Authentication succeeded"))
        {
            isAuthenticated = true;
        }
    }
}
