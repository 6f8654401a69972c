namespace Gantry.Engine.Endpoints;

/// <summary>What all transfers at one endpoint share while they run: its bandwidth and its places. Changed while they run.</summary>
public sealed class EndpointLimits
{
}
