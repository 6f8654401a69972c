namespace Gantry.Engine.Secrets;

public enum SecretStoreError
{
    /// <summary>The store refuses whoever asks: no right, or an expired login.</summary>
    Denied,

    /// <summary>The store is there and gives nothing out until somebody unseals it.</summary>
    Sealed,

    /// <summary>What is stored cannot be opened: another key, changed by somebody, or cut off.</summary>
    Tampered,

    /// <summary>Nothing can be stored there.</summary>
    ReadOnly,

    /// <summary>It cannot be reached, or does not answer in time.</summary>
    Unavailable,

    /// <summary>Somebody else changed it meanwhile.</summary>
    Conflict,

    /// <summary>A setting of the store is missing or wrong, or a name or a value is none.</summary>
    BadSetting,
}

/// <summary>What went wrong at a secret store. The message names the store, and the credential where it is about one; it never holds a value.</summary>
public sealed class SecretStoreException(SecretStoreError error, string message, bool isTransient = false, Exception? innerException = null)
    : Exception(message, innerException)
{
    public SecretStoreError Error => error;

    /// <summary>The same call may succeed later.</summary>
    public bool IsTransient => isTransient;
}
