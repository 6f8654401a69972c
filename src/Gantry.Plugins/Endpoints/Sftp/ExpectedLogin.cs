using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>
/// One login that was begun before the endpoint it is for was opened. When nobody comes for it, ssh ends with this process, whose pipe it reads.
/// </summary>
internal static class ExpectedLogin
{
    private static readonly Lock gate = new();
    private static SshLogin? expected;
    private static Lazy<SshProcess>? process;

    public static void Begin(SshLogin login, TimeProvider clock)
    {
        Lazy<SshProcess> begun = new(() => SshProcess.Start(login, clock));
        lock (gate)
        {
            if (process is not null)
            {
                return;
            }

            (expected, process) = (login, begun);
        }

        try
        {
            _ = begun.Value;
        }
        catch (EndpointException)
        {
            // It is kept there for whoever comes for it.
        }
    }

    /// <summary>The one that was begun for the same login, or a new one.</summary>
    public static SshProcess Start(SshLogin login, TimeProvider clock)
    {
        Lazy<SshProcess>? begun;
        lock (gate)
        {
            begun = expected == login ? process : null;
            expected = null;
        }

        return begun is null ? SshProcess.Start(login, clock) : begun.Value;
    }
}
