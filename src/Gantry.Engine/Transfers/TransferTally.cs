namespace Gantry.Engine.Transfers;

/// <summary>What happened so far, counted from many threads.</summary>
internal sealed class TransferTally(TimeProvider clock, int failuresListed)
{
    private const int NotesMax = 100;
    private const int CurrentFilesMax = 5;

    private readonly long startedAt = clock.GetTimestamp();
    private readonly Lock gate = new();
    private readonly List<TransferFailure> failures = [];
    private readonly List<string> notes = [];
    private readonly HashSet<string> notesOnce = new(StringComparer.Ordinal);
    private readonly List<string> largeFiles = [];
    private long filesFound;
    private long bytesFound;
    private long copied;
    private long skipped;
    private long deleted;
    private long failed;
    private long bytes;
    private long bytesResumed;
    private long bytesSettled;
    private long bytesUnderWay;
    private long folders;
    private long notesCount;
    private volatile bool hasPermanentFailure;
    private volatile FileJob? lastFile;

    public bool IsWalkDone { get; set; }

    public long FilesFound => Interlocked.Read(ref filesFound);

    public long FailedCount => Interlocked.Read(ref failed);

    public void Found(long size)
    {
        Interlocked.Increment(ref filesFound);
        Interlocked.Add(ref bytesFound, size);
    }

    /// <summary>It was found, and then left out after all.</summary>
    public void LeftOut(long size)
    {
        Interlocked.Decrement(ref filesFound);
        Interlocked.Add(ref bytesFound, -size);
    }

    public void Started(FileJob job) => lastFile = job;

    public void StartedLarge(string path)
    {
        lock (gate)
        {
            largeFiles.Add(path);
        }
    }

    public void EndedLarge(string path)
    {
        lock (gate)
        {
            largeFiles.Remove(path);
        }
    }

    /// <summary>Bytes of a large file that has not arrived yet; negative when its attempt is over.</summary>
    public void Moved(long count) => Interlocked.Add(ref bytesUnderWay, count);

    /// <param name="size">Of the file.</param>
    /// <param name="resumed">How many of its bytes were there before.</param>
    public void Copied(long size, long resumed = 0)
    {
        Interlocked.Increment(ref copied);
        Interlocked.Add(ref bytesResumed, resumed);
        Interlocked.Add(ref bytes, size);
        Interlocked.Add(ref bytesSettled, size);
    }

    public void Skipped(long size)
    {
        Interlocked.Increment(ref skipped);
        Interlocked.Add(ref bytesSettled, size);
    }

    public void Deleted() => Interlocked.Increment(ref deleted);

    public void MadeFolder() => Interlocked.Increment(ref folders);

    public void Failed(string path, string reason, bool isTransient)
    {
        Interlocked.Increment(ref failed);
        if (!isTransient)
        {
            hasPermanentFailure = true;
        }

        lock (gate)
        {
            if (failures.Count < failuresListed)
            {
                failures.Add(new TransferFailure(path, reason, isTransient));
            }
        }
    }

    public void Note(string note)
    {
        lock (gate)
        {
            if (notesCount++ < NotesMax)
            {
                notes.Add(note);
            }
        }
    }

    public void NoteOnce(string note)
    {
        lock (gate)
        {
            if (notesOnce.Add(note))
            {
                notes.Add(note);
            }
        }
    }

    public TransferProgress Progress() => new()
    {
        Copied = Interlocked.Read(ref copied),
        Bytes = Interlocked.Read(ref bytes),
        Skipped = Interlocked.Read(ref skipped),
        Deleted = Interlocked.Read(ref deleted),
        Failed = Interlocked.Read(ref failed),
        FilesDone = Interlocked.Read(ref copied) + Interlocked.Read(ref skipped),
        FilesTotal = Interlocked.Read(ref filesFound),
        BytesDone = Interlocked.Read(ref bytesSettled) + Interlocked.Read(ref bytesUnderWay),
        BytesTotal = Interlocked.Read(ref bytesFound),
        IsWalkDone = IsWalkDone,
        Elapsed = clock.GetElapsedTime(startedAt),
        CurrentFiles = CurrentFiles(),
    };

    public TransferResult Result(TransferEnd? endedBy)
    {
        lock (gate)
        {
            return new TransferResult
            {
                Copied = copied,
                Skipped = skipped,
                Deleted = deleted,
                Failed = failed,
                Bytes = bytes,
                BytesResumed = bytesResumed,
                Folders = folders,
                Failures = [.. failures],
                AllFailuresAreTransient = !hasPermanentFailure && endedBy is not { IsTransient: false },
                Notes = [.. notes, .. notesCount > NotesMax ? (string[])[$"{notesCount - NotesMax} more notes are left out."] : []],
                EndedBy = endedBy,
                Duration = clock.GetElapsedTime(startedAt),
            };
        }
    }

    private IReadOnlyList<string> CurrentFiles()
    {
        lock (gate)
        {
            return [.. largeFiles.Take(CurrentFilesMax), .. largeFiles.Count == 0 && lastFile is { } last ? (string[])[last.Path] : []];
        }
    }
}
