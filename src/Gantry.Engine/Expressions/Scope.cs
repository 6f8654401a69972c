using System.Text.Json;

namespace Gantry.Engine.Expressions;

/// <summary>What references find while one template is evaluated, and what that may cost.</summary>
internal abstract class Scope
{
    /// <summary>Nodes visited, list items and 16-byte pieces of texts made, for one step.</summary>
    internal const long CostMax = 2_000_000;

    /// <summary>For templates without references.</summary>
    public static Scope Empty { get; } = new NothingScope();

    private long cost;

    /// <summary>The item that map and filter look at.</summary>
    public JsonElement? Item { get; set; }

    /// <summary>What the reference's root and so many of its segments stand for.</summary>
    public Answer Find(Reference reference, out int taken)
    {
        if (Item is { } item && reference.Root == "item")
        {
            taken = 0;
            return item;
        }

        return FindRoot(reference, out taken);
    }

    public void Spend(long amount)
    {
        cost += amount;
        if (cost > CostMax)
        {
            throw new ExpressionException("it takes more work than a reference may. Do it in a step of its own.");
        }
    }

    protected abstract Answer FindRoot(Reference reference, out int taken);

    private sealed class NothingScope : Scope
    {
        protected override Answer FindRoot(Reference reference, out int taken)
        {
            taken = 0;
            return Answer.None($"there is no '{reference.Root}' here");
        }
    }
}
