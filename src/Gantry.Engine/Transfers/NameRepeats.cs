using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>Counts the names that a listing says again. A name is said twice where a file and a folder share it; a listing that says more of the same has no end.</summary>
internal struct NameRepeats
{
    private const int Spare = 100;

    private int count;

    /// <summary>One more, beside so many that were told apart. Fails when these are too many.</summary>
    public void Add(int names)
    {
        if (++count > names + Spare)
        {
            throw new EndpointException(EndpointError.Protocol, "It lists the same names over and over, without an end.");
        }
    }
}
