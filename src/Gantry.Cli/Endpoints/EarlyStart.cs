using Gantry.Plugins;

namespace Gantry.Cli.Endpoints;

/// <summary>
/// Addresses among the arguments tell what will be needed before the command line is understood: another processor gets it ready meanwhile.
/// </summary>
internal static class EarlyStart
{
    public static void Begin(string[] arguments)
    {
        if (Array.Exists(arguments, argument => argument.Contains("://", StringComparison.Ordinal)))
        {
            _ = Task.Run(() => WarmUp(arguments));
        }
    }

    private static void WarmUp(string[] arguments)
    {
        foreach (var kind in AllPlugins.Endpoints.Kinds)
        {
            if (Array.Exists(arguments, argument => argument.StartsWith(kind.Id + "://", StringComparison.Ordinal)))
            {
                kind.WarmUp();
            }
        }
    }
}
