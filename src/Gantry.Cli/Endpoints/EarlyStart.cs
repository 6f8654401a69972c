using Gantry.Engine.Endpoints;
using Gantry.Plugins;

namespace Gantry.Cli.Endpoints;

/// <summary>
/// An address among the arguments tells where to connect before the command line is understood: that is begun first of all, since the rest is done while it
/// connects. Not when other arguments may change what the address means. A wrong usage is told as ever, and ends what was begun.
/// </summary>
internal static class EarlyStart
{
    private const string SshConfig = "--ssh-config";

    public static void Begin(string[] arguments)
    {
        if (arguments is ["copy" or "sync" or "move" or "check" or "ls" or "cat", _, ..] && !ChangesAddresses(arguments))
        {
            foreach (var argument in arguments)
            {
                if (argument.Contains("://", StringComparison.Ordinal))
                {
                    Expect(argument, arguments);
                }
            }
        }
    }

    private static void Expect(string address, string[] arguments)
    {
        try
        {
            if (AllPlugins.Endpoints.Parse(address) is { } settings)
            {
                var config = Array.IndexOf(arguments, SshConfig) is var at and >= 0 && at + 1 < arguments.Length ? arguments[at + 1] : null;
                AllPlugins.Endpoints.Find(settings.Kind)!.Expect(settings, UserEndpointOpener.UserContext(config));
            }
        }
        catch (EndpointException)
        {
            // Whoever opens it says what is wrong with it.
        }
    }

    private static bool ChangesAddresses(string[] arguments)
    {
        foreach (var argument in arguments)
        {
            if (argument is "" or "--help" or "-h" or "--set" or "--ask" || argument.StartsWith("--set=", StringComparison.Ordinal)
                || argument.StartsWith("--ask=", StringComparison.Ordinal) || argument.StartsWith(SshConfig + "=", StringComparison.Ordinal)
                || argument.Contains('{', StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
