using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>A source that is there.</summary>
/// <param name="Source">As it was asked for.</param>
/// <param name="Side">Its endpoint, behind its limits.</param>
/// <param name="Entry">What it is.</param>
internal sealed record FoundSource(TransferSource Source, TransferSide Side, Entry Entry);
