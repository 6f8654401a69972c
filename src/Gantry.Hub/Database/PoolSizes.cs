namespace Gantry.Hub.Database;

/// <summary>How many connections each pool of one hub may open.</summary>
/// <param name="Hub">For requests, each as its own user.</param>
/// <param name="Worker">For the work that goes on across workspaces.</param>
internal sealed record PoolSizes(int Hub, int Worker)
{
    /// <summary>For the connections that are held as long as the hub runs: about ten are.</summary>
    public const int Standing = 20;

    /// <summary>On a server that serves one hub: more than its processors can use at once.</summary>
    public static PoolSizes Whole { get; } = new(Hub: 40, Worker: 30);

    /// <summary>
    /// On a server that others use as well: no more than two fifths of what it takes, so that two hubs and a person with psql fit on one as PostgreSQL is
    /// installed (100 connections). More hubs than two need more connections there, or a Maximum Pool Size in the connection string.
    /// </summary>
    /// <param name="connectionsMax">The connections that the server lets in for roles that are no superusers.</param>
    public static PoolSizes ShareOf(int connectionsMax)
    {
        var share = Math.Clamp((connectionsMax * 2 / 5) - (Standing / 2), 4, Whole.Hub + Whole.Worker);
        var hub = share * Whole.Hub / (Whole.Hub + Whole.Worker);
        return new PoolSizes(hub, share - hub);
    }
}
