using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>The archives as they are written, and what each brought.</summary>
internal sealed partial class SftpTarStream
{
    // Each costs the server three programs, some milliseconds in all. Two at once keep it at work.
    private const int ArchivesAtOnce = 2;
    private const int FilesFew = 512;
    private const int FilesMax = 2048;
    private const int BytesMax = 8 * 1024 * 1024;
    private const int BufferBytes = 256 * 1024;
    private const int FailuresMax = 3;
    private const string Lost = "the shell that took files in batches was lost.";

    private readonly ManualResetEventSlim work = new(initialState: false, spinCount: 0);
    private readonly Queue<List<SftpTarFile>> underWay = new();
    private readonly Queue<SftpTarFile> arrived = new();
    private bool writerSleeps;
    private int looking;
    private TaskCompletionSource? settled;
    private bool isConnecting;
    private bool isInputEnded;
    private bool isProven;
    private bool isDoubted;

    /// <summary>Under the lock.</summary>
    private bool IsArchiveReady => gathered.Count >= (underWay.Count == 0 ? 1 : FilesFew) && underWay.Count < ArchivesAtOnce;

    private bool IsShellAtWork
    {
        get
        {
            lock (gate)
            {
                return underWay.Count > 0;
            }
        }
    }

    /// <summary>Of files that tar was content with: the first ones are looked at, and as long as they were as they should be its word is taken for the next.</summary>
    public bool TakesItsWord => Volatile.Read(ref isProven) && !Volatile.Read(ref isDoubted);

    /// <summary>A file that tar was content with was looked at.</summary>
    public void OnLooked(bool isWhole)
    {
        if (isWhole)
        {
            Volatile.Write(ref isProven, true);
        }
        else
        {
            Volatile.Write(ref isDoubted, true);
        }
    }

    /// <summary>A file was taken over, and what follows from that is done.</summary>
    public void OnSettled()
    {
        bool wantsMore;
        lock (gate)
        {
            looking--;
            wantsMore = arrived.Count > 0 && looking <= LooksMax / 2;
            if (looking == 0 && arrived.Count == 0)
            {
                settled?.TrySetResult();
            }
        }

        if (wantsMore)
        {
            LookOn();
        }
    }

    /// <summary>Questions under way at once: what waits in OpenSSH's server beyond some 100 KiB slows it down.</summary>
    private int LooksMax => 2 * endpoint.Capabilities.ConcurrentFiles;

    private bool Write(SftpTarShell shell, SftpSilence? silence)
    {
        try
        {
            var buffer = new byte[BufferBytes];
            while (TakeArchive() is { } files)
            {
                WriteArchive(shell, files, buffer, silence);
            }

            shell.EndInput();
            Volatile.Write(ref isInputEnded, true);
            return true;
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // Whoever reads learns that it is over.
            return false;
        }
    }

    /// <summary>Waits until one is worth it; null when no more go this way.</summary>
    private List<SftpTarFile>? TakeArchive()
    {
        while (true)
        {
            lock (gate)
            {
                if (isOver)
                {
                    return null;
                }

                if (IsArchiveReady)
                {
                    var files = new List<SftpTarFile>(Math.Min(gathered.Count, FilesMax));
                    for (var bytes = 0; files.Count < FilesMax && bytes < BytesMax && gathered.TryDequeue(out var file); bytes += file.StreamBytes)
                    {
                        files.Add(file);
                    }

                    underWay.Enqueue(files);
                    return files;
                }

                writerSleeps = true;
            }

            work.Wait();
            work.Reset();
        }
    }

    private void WriteArchive(SftpTarShell shell, List<SftpTarFile> files, byte[] buffer, SftpSilence? silence)
    {
        var content = files.Sum(file => (long)file.StreamBytes) + TarFormat.EndBytes;
        var blocks = (content + SftpTarShell.BlockBytes - 1) / SftpTarShell.BlockBytes;
        var filled = System.Text.Encoding.ASCII.GetBytes(FormattableString.Invariant($"{blocks}\n"), buffer);
        foreach (var file in files)
        {
            if (IsOver)
            {
                return;
            }

            var header = TarFormat.HeaderBytes(file.NameBytes);
            if (filled + header + TarFormat.Whole(file.Content.Length) > buffer.Length)
            {
                shell.Write(buffer.AsSpan(0, filled));
                silence?.Break();
                filled = 0;
            }

            WriteHeader(shell, file, buffer.AsSpan(filled, header));
            filled += header;
            if (filled + TarFormat.Whole(file.Content.Length) > buffer.Length)
            {
                shell.Write(buffer.AsSpan(0, filled));
                shell.Write(file.Content.Span);
                filled = TarFormat.Whole(file.Content.Length) - file.Content.Length;
                buffer.AsSpan(0, filled).Clear();
                continue;
            }

            var place = buffer.AsSpan(filled, TarFormat.Whole(file.Content.Length));
            file.Content.Span.CopyTo(place);
            place[file.Content.Length..].Clear();
            filled += place.Length;
        }

        shell.Write(buffer.AsSpan(0, filled));
        var rest = (int)((blocks * SftpTarShell.BlockBytes) - content + TarFormat.EndBytes);
        buffer.AsSpan(0, rest).Clear();
        shell.Write(buffer.AsSpan(0, rest));
    }

    private static void WriteHeader(SftpTarShell shell, SftpTarFile file, Span<byte> header)
    {
        Span<byte> name = stackalloc byte[Math.Min(file.NameBytes, 4096)];
        name = file.NameBytes > name.Length ? new byte[file.NameBytes] : name;
        NameBytes.Encode(file.PartialPath, name);
        TarFormat.WriteHeader(header, name, file.Content.Length, (file.Options.UnixMode ?? shell.ModeOfNew) & 0xFFF, file.Seconds);
    }

    /// <summary>Works off what the shell says until it ends. Answers why it ended early, null when that was to be, and whether it has surely ended there.</summary>
    private (string? Why, bool IsSure) Read(SftpTarShell shell, string token, SftpSilence? silence)
    {
        try
        {
            if (!shell.HearIn())
            {
                return (IsOver ? null : "files cannot go in batches, for its login's shell sees other files than SFTP does.", true);
            }

            removing = endpoint.TryRemoveTokenAsync(token);
            var failures = 0;
            while (shell.HearDone() is { } isGood)
            {
                silence?.Break();
                OnDone(isGood);
                failures = isGood ? 0 : failures + 1;
                if (failures == FailuresMax && !IsOver)
                {
                    Stop();
                    return ("tar fails there again and again.", false);
                }
            }

            return (IsOver ? null : Lost, Volatile.Read(ref isInputEnded));
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            return (IsOver ? null : Lost, false);
        }
    }

    private void OnDone(bool isGood)
    {
        List<SftpTarFile>? files;
        lock (gate)
        {
            underWay.TryDequeue(out files);
            writerSleeps = false;
        }

        work.Set();
        files ??= [];
        foreach (var file in files)
        {
            file.IsVouchedFor = isGood;
        }

        Arrive(files);
    }

    /// <summary>They are at the server, or should be.</summary>
    private void Arrive(IEnumerable<SftpTarFile> files)
    {
        lock (gate)
        {
            foreach (var file in files)
            {
                arrived.Enqueue(file);
            }
        }

        LookOn();
    }

    private void LookOn()
    {
        var next = new List<SftpTarFile>();
        if (endpoint.Standing is not { } connection)
        {
            ConnectToLook();
            return;
        }

        lock (gate)
        {
            for (var room = LooksMax - looking; room > 0 && arrived.TryDequeue(out var file); room--)
            {
                next.Add(file);
            }

            looking += next.Count;
        }

        if (next.Count == 0)
        {
            return;
        }

        try
        {
            using var batch = connection.Begin();
            foreach (var file in next)
            {
                file.Take(connection, batch);
            }
        }
        catch (EndpointException)
        {
            Lose(next);
        }
    }

    private void ConnectToLook()
    {
        lock (gate)
        {
            if (isConnecting || arrived.Count == 0)
            {
                return;
            }

            isConnecting = true;
        }

        _ = Task.Run(ConnectAsync);
    }

    private async Task ConnectAsync()
    {
        var isThere = false;
        try
        {
            await endpoint.StandAsync(cancellationToken).ConfigureAwait(false);
            isThere = true;
        }
        catch (Exception exception) when (exception is EndpointException or OperationCanceledException)
        {
            // Each file is tried again by itself, and tells the failure.
        }

        List<SftpTarFile> lost = [];
        lock (gate)
        {
            isConnecting = false;
            if (!isThere)
            {
                lost = [.. arrived];
                arrived.Clear();
                looking += lost.Count;
            }
        }

        Lose(lost);
        LookOn();
    }

    private void Lose(List<SftpTarFile> files)
    {
        foreach (var file in files)
        {
            OnSettled();
            file.TellElsewhere(WholeWriteEnd.Lost);
        }
    }

    private async Task SettledAsync(CancellationToken patience)
    {
        Task waiting;
        lock (gate)
        {
            if (looking == 0 && arrived.Count == 0)
            {
                return;
            }

            settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting = settled.Task;
        }

        await waiting.WaitAsync(patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
