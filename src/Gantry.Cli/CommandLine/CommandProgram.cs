using System.Runtime.InteropServices;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers.Manifests;
using Gantry.Engine.Secrets;

namespace Gantry.Cli.CommandLine;

/// <summary>Runs one command line from its words to its exit status. The one place that turns exceptions into messages and statuses.</summary>
internal static class CommandProgram
{
    public static async Task<int> RunAsync(Command root, string[] args)
    {
        if (args is ["--version"])
        {
            Console.Out.WriteLine($"{root.Name} {typeof(CommandProgram).Assembly.GetName().Version!.ToString(3)}");
            return ExitStatus.Succeeded;
        }

        var path = root.Name;
        using CancellationTokenSource cancellation = new();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, CancelOnce);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, CancelOnce);
        try
        {
            var found = CommandReader.Find(root, args);
            path = found.Path;
            if (found.Command.RunAsync is not { } run || AsksForHelp(found.Words))
            {
                return ShowHelp(found.Command, path, found.Words);
            }

            return await run(CommandReader.Read(found.Command, path, found.Words), cancellation.Token);
        }
        catch (UsageException wrong)
        {
            return Say($"{wrong.Message}\nSee '{path} --help'.", ExitStatus.WrongUsage);
        }
        catch (CommandException failed)
        {
            return Say(failed.Message, failed.Status);
        }
        catch (EndpointException failed)
        {
            return Say(failed.Message, StatusOf(failed.Error));
        }
        catch (SecretStoreException failed)
        {
            return Say(failed.Message, StatusOf(failed.Error));
        }
        catch (SecretException missing)
        {
            return Say(missing.Message, ExitStatus.Failed);
        }
        catch (ManifestException wrong)
        {
            return Say(wrong.Message, ExitStatus.Failed);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return Say("Cancelled.", ExitStatus.Cancelled);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return Say(failed.Message, ExitStatus.Failed);
        }

        // The second signal ends the process at once, as the system would.
        void CancelOnce(PosixSignalContext context)
        {
            context.Cancel = !cancellation.IsCancellationRequested;
            cancellation.Cancel();
        }
    }

    /// <summary>The exit status of a failure at an endpoint: was it reached at all?</summary>
    public static int StatusOf(EndpointError error) => error switch
    {
        EndpointError.Disconnected or EndpointError.HostKey or EndpointError.LoginRefused or EndpointError.TimedOut => ExitStatus.CannotConnect,
        EndpointError.BadSetting => ExitStatus.WrongUsage,
        _ => ExitStatus.Failed,
    };

    private static int StatusOf(SecretStoreError error) => error switch
    {
        SecretStoreError.Unavailable or SecretStoreError.Sealed => ExitStatus.CannotConnect,
        SecretStoreError.BadSetting => ExitStatus.WrongUsage,
        _ => ExitStatus.Failed,
    };

    private static bool AsksForHelp(List<string> words) => words.TakeWhile(word => word != "--").Any(word => word is "--help" or "-h");

    private static int ShowHelp(Command command, string path, List<string> words)
    {
        if (words.Count > 0 || command.RunAsync is not null)
        {
            Console.Out.Write(HelpText.Of(command, path));
            return ExitStatus.Succeeded;
        }

        Console.Error.Write(HelpText.Of(command, path));
        return ExitStatus.WrongUsage;
    }

    private static int Say(string message, int status)
    {
        Console.Error.WriteLine("gantry: " + message);
        return status;
    }
}
