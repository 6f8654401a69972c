using System.Runtime.InteropServices;
using Gantry.Engine.Endpoints;
using Microsoft.Win32.SafeHandles;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>
/// A program with pipes for its three standard streams, in a session of its own: a Ctrl-C at the terminal is for us, who then clean up over the connection, and
/// not for it. By posix_spawn and plain pipes, since a copy to a server waits for the start of ssh before all else: System.Diagnostics.Process takes 10 ms more
/// of a program's first 40, and starts setsid in between.
/// </summary>
internal sealed unsafe partial class ChildProcess
{
    private const int BrokenPipe = 13;
    private const int Interrupted = 4;
    private const int CloseOnExec = 0x80000;
    private const int OfThisNumber = 1;
    private const int WhenItEnded = 4;
    private const int WithoutReaping = 0x01000000;

    // Larger than any libc's: glibc's on 64 bits are 128, 80, 336 and 128 bytes.
    private const int SignalSetBytes = 256;
    private const int ActionsBytes = 256;
    private const int AttributesBytes = 1024;
    private const int SignalInfoBytes = 256;

    // POSIX_SPAWN_SETSIGDEF, and POSIX_SPAWN_SETSID of glibc 2.26 and musl 1.1.22.
    private const short DefaultSignals = 0x04;
    private const short NewSession = 0x80;

    private readonly int number;
    private readonly Lock gate = new();
    private readonly Lazy<Task> ended;
    private bool isReaped;

    private ChildProcess(int number, PipeEnd input, PipeEnd output, PipeEnd errors)
    {
        this.number = number;
        (Input, Output, Errors) = (input, output, errors);
        ended = new(() => Task.Factory.StartNew(WaitForEnd, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
    }

    /// <summary>What it reads.</summary>
    public PipeEnd Input { get; }

    /// <summary>What it prints.</summary>
    public PipeEnd Output { get; }

    /// <summary>What it prints on its standard error. Owned by whoever reads it.</summary>
    public PipeEnd Errors { get; }

    /// <summary>Completes when it has ended.</summary>
    public Task Ended => ended.Value;

    /// <summary>Starts it. A program that cannot be started, or a text with a NUL, fails with <see cref="EndpointException"/>.</summary>
    /// <param name="program">Its absolute path.</param>
    /// <param name="arguments">Without the program's name.</param>
    /// <param name="environment">All of it.</param>
    /// <param name="folder">Where it runs.</param>
    public static ChildProcess Start(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, string folder = "/")
    {
        Pipe input = default, output = default, errors = default;
        try
        {
            (input, output, errors) = (Pipe.Make(), Pipe.Make(), Pipe.Make());
            using var words = new NativeTexts([program, .. arguments]);
            using var variables = new NativeTexts(Assignments(environment));
            using var place = new NativeTexts([folder]);
            var child = Spawn(words, variables, place, input.Reading!, output.Writing!, errors.Writing!);
            return new ChildProcess(
                child, new PipeEnd(input.TakeWriting(), isInput: false), new PipeEnd(output.TakeReading(), isInput: true), new PipeEnd(errors.TakeReading(), isInput: true, isLarge: false));
        }
        catch (IOException exception)
        {
            throw new EndpointException(EndpointError.NotSupported, $"The program '{program}' could not be started: {exception.Message}.", innerException: exception);
        }
        finally
        {
            input.Dispose();
            output.Dispose();
            errors.Dispose();
        }
    }

    /// <summary>To it and to what it started (ProxyCommand, ProxyJump), as long as its number is surely its own.</summary>
    public void Signal(int signal)
    {
        lock (gate)
        {
            if (!isReaped && kill(-number, signal) < 0)
            {
                _ = kill(number, signal);
            }
        }
    }

    private static string[] Assignments(IReadOnlyDictionary<string, string> environment)
    {
        var assignments = new string[environment.Count];
        var index = 0;
        foreach (var (name, value) in environment)
        {
            assignments[index++] = $"{name}={value}";
        }

        return assignments;
    }

    private static int Spawn(NativeTexts words, NativeTexts variables, NativeTexts place, SafeFileHandle input, SafeFileHandle output, SafeFileHandle errors)
    {
        var actions = stackalloc byte[ActionsBytes];
        var attributes = stackalloc byte[AttributesBytes];
        Check(posix_spawn_file_actions_init(actions));
        Check(posix_spawnattr_init(attributes));
        try
        {
            Check(posix_spawn_file_actions_adddup2(actions, (int)input.DangerousGetHandle(), 0));
            Check(posix_spawn_file_actions_adddup2(actions, (int)output.DangerousGetHandle(), 1));
            Check(posix_spawn_file_actions_adddup2(actions, (int)errors.DangerousGetHandle(), 2));
            Check(posix_spawn_file_actions_addchdir_np(actions, place.Pointers[0]));

            // This runtime ignores it, and what is ignored stays so in a program that is started.
            var signals = stackalloc byte[SignalSetBytes];
            _ = sigemptyset(signals);
            _ = sigaddset(signals, BrokenPipe);
            Check(posix_spawnattr_setsigdefault(attributes, signals));
            Check(posix_spawnattr_setflags(attributes, DefaultSignals | NewSession));
            Check(posix_spawn(out var child, words.Pointers[0], actions, attributes, words.Pointers, variables.Pointers));
            return child;
        }
        finally
        {
            _ = posix_spawnattr_destroy(attributes);
            _ = posix_spawn_file_actions_destroy(actions);
        }
    }

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw new IOException(Marshal.GetPInvokeErrorMessage(error));
        }
    }

    /// <summary>Its number is kept until it can no longer be meant by <see cref="Signal"/>.</summary>
    private void WaitForEnd()
    {
        var information = stackalloc byte[SignalInfoBytes];
        while (waitid(OfThisNumber, (uint)number, information, WhenItEnded | WithoutReaping) < 0 && Marshal.GetLastPInvokeError() == Interrupted)
        {
        }

        lock (gate)
        {
            isReaped = true;
            _ = waitid(OfThisNumber, (uint)number, information, WhenItEnded);
        }
    }

    [LibraryImport("libc")]
    private static partial int posix_spawn(out int process, byte* path, byte* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_adddup2(byte* actions, int file, int wanted);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_addchdir_np(byte* actions, byte* path);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_destroy(byte* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigdefault(byte* attributes, byte* signals);

    [LibraryImport("libc")]
    private static partial int sigemptyset(byte* signals);

    [LibraryImport("libc")]
    private static partial int sigaddset(byte* signals, int signal);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitid(int kind, uint process, byte* information, int options);

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int pipe2(int* ends, int flags);

    private struct Pipe
    {
        public SafeFileHandle? Reading { get; private set; }

        public SafeFileHandle? Writing { get; private set; }

        public static Pipe Make()
        {
            var ends = stackalloc int[2];
            return pipe2(ends, CloseOnExec) == 0
                ? new Pipe { Reading = new SafeFileHandle(ends[0], ownsHandle: true), Writing = new SafeFileHandle(ends[1], ownsHandle: true) }
                : throw new IOException(Marshal.GetLastPInvokeErrorMessage());
        }

        public SafeFileHandle TakeReading()
        {
            var taken = Reading!;
            Reading = null;
            return taken;
        }

        public SafeFileHandle TakeWriting()
        {
            var taken = Writing!;
            Writing = null;
            return taken;
        }

        public readonly void Dispose()
        {
            Reading?.Dispose();
            Writing?.Dispose();
        }
    }

    /// <summary>Texts as C reads them: bytes up to a NUL, and behind the last of them a null pointer.</summary>
    private readonly ref struct NativeTexts
    {
        private readonly int count;

        public NativeTexts(string[] texts)
        {
            foreach (var text in texts)
            {
                if (text.Contains('\0', StringComparison.Ordinal))
                {
                    throw new EndpointException(EndpointError.BadSetting, "A setting holds a NUL, which no program can be given: write it without.");
                }
            }

            count = texts.Length;
            Pointers = (byte**)NativeMemory.AllocZeroed((nuint)(count + 1), (nuint)sizeof(byte*));
            for (var index = 0; index < count; index++)
            {
                Pointers[index] = (byte*)Marshal.StringToCoTaskMemUTF8(texts[index]);
            }
        }

        public byte** Pointers { get; }

        public void Dispose()
        {
            for (var index = 0; index < count; index++)
            {
                Marshal.FreeCoTaskMem((nint)Pointers[index]);
            }

            NativeMemory.Free(Pointers);
        }
    }
}
