using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>A source that is there.</summary>
/// <param name="Source">As it was asked for.</param>
/// <param name="Side">Its endpoint, behind its limits.</param>
/// <param name="Entry">What it is, or what the link of that name leads to.</param>
/// <param name="Path">Where that lies at the endpoint.</param>
internal sealed record FoundSource(TransferSource Source, TransferSide Side, Entry Entry, string Path);
