using System.Diagnostics;
using System.Globalization;

namespace Gantry.Engine.Work;

/// <summary>
/// Named moments at which this process can be made to kill itself, as a power cut would: <c>GANTRY_FAULT=start.after:3</c> ends it when
/// it passes the point "start.after" for the third time. Tests of crash safety use it; without the variable a point costs nothing.
/// </summary>
public static class FaultPoint
{
    private static readonly string? Name;
    private static int passesLeft;

    static FaultPoint()
    {
        var setting = Environment.GetEnvironmentVariable("GANTRY_FAULT");
        if (string.IsNullOrEmpty(setting))
            return;
        var parts = setting.Split(':', 2);
        Name = parts[0];
        passesLeft = parts.Length == 2 ? int.Parse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture) : 1;
    }

    /// <summary>Does not return when this is the chosen moment.</summary>
    public static void Pass(string name, int times = 1)
    {
        if (Name is null || times == 0 || Name != name)
            return;
        if (Interlocked.Add(ref passesLeft, -times) > 0)
            return;
        using var self = Process.GetCurrentProcess();
        self.Kill();
        new ManualResetEventSlim().Wait();
    }
}
