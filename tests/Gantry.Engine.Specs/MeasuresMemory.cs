using Xunit;

namespace Gantry.Engine.Specs;

/// <summary>What the whole process holds is no measure while other tests run beside.</summary>
[CollectionDefinition(nameof(MeasuresMemory), DisableParallelization = true)]
public sealed class MeasuresMemory;
