using Gantry.Engine.Endpoints;
using Gantry.Plugins;

namespace Gantry.Cli.Endpoints;

/// <summary>
/// An address among the arguments tells where to connect before the command line is understood: that is begun on another processor meanwhile. Not when other
/// arguments may change what the address means. A wrong usage is told as ever, and ends what was begun.
/// </summary>
internal static class EarlyStart
{
    private const string SshConfig = "--ssh-config";

    private static readonly string[] Commands = ["copy", "sync", "move", "check", "ls", "cat"];

    public static void Begin(string[] arguments)
    {
        if (arguments.Length > 1 && Commands.Contains(arguments[0]) && Array.Exists(arguments, IsAddress) && !Array.Exists(arguments, ChangesAddresses))
        {
            _ = Task.Run(() => Expect(arguments));
        }
    }

    private static void Expect(string[] arguments)
    {
        var config = Array.IndexOf(arguments, SshConfig) is var at and >= 0 && at + 1 < arguments.Length ? arguments[at + 1] : null;
        foreach (var address in arguments.Where(IsAddress))
        {
            try
            {
                if (AllPlugins.Endpoints.Parse(address) is { } settings)
                {
                    AllPlugins.Endpoints.Find(settings.Kind)!.Expect(settings, UserEndpointOpener.UserContext(config));
                }
            }
            catch (EndpointException)
            {
                // Whoever opens it says what is wrong with it.
            }
        }
    }

    private static bool IsAddress(string argument) => argument.Contains("://", StringComparison.Ordinal);

    private static bool ChangesAddresses(string argument) =>
        argument is "--help" or "-h" or "--set" or "--ask" || argument.StartsWith("--set=", StringComparison.Ordinal)
        || argument.StartsWith("--ask=", StringComparison.Ordinal) || argument.StartsWith(SshConfig + "=", StringComparison.Ordinal) || argument.Contains('{', StringComparison.Ordinal);
}
