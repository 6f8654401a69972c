using System.Runtime.InteropServices;

namespace Gantry.Engine.Endpoints.Limits;

/// <summary>How much may pass in a second.</summary>
/// <param name="Up">Bytes towards the endpoint; null means no bound.</param>
/// <param name="Down">Bytes from the endpoint; null means no bound.</param>
/// <param name="IsShared">Both directions draw on one and the same amount, which is given twice.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Bandwidth(long? Up, long? Down, bool IsShared)
{
    public static Bandwidth Unlimited { get; } = new(null, null, IsShared: true);

    public bool IsUnlimited => Up is null && Down is null;
}

/// <summary>Which way bytes go, seen from here.</summary>
public enum BandwidthDirection
{
    /// <summary>To the endpoint.</summary>
    Up,

    /// <summary>From the endpoint.</summary>
    Down,
}
