namespace Gantry.Engine.Providers;

/// <summary>A failure of an action, thrown; the same as one returned.</summary>
public class ProviderException(ProviderError error, Exception? innerException = null) : Exception(error.Message, innerException)
{
    public ProviderError Error { get; } = error;
}
