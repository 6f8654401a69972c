namespace Gantry.Engine.Secrets;

/// <summary>What may be stored, and used: the same in every store.</summary>
public static class SecretRules
{
    public const int ValueBytesMax = 1024 * 1024;

    /// <summary>Fails with BadSetting on a name or a value that no store takes.</summary>
    public static void Check(SecretWrite write)
    {
        CheckName(write.Entry.Name);
        if (Problem(write.Value) is { } problem)
        {
            throw new SecretStoreException(SecretStoreError.BadSetting, $"The credential '{write.Entry.Name}' cannot be stored: {problem}");
        }
    }

    public static void CheckName(string name)
    {
        if (!SecretRef.IsName(name))
        {
            throw new SecretStoreException(SecretStoreError.BadSetting, name.Length == 0
                ? "The name of a credential is empty."
                : "This is no name of a credential: it has up to 128 letters, digits, '_', '-', '.' and '/', and begins with a letter, a digit or '_'.");
        }
    }

    /// <summary>Why the value is none, as a sentence without it; null when nothing is wrong. Whoever resolves asks too: other programs write to stores as well.</summary>
    public static string? Problem(Secret value) => value.Utf8 switch
    {
        { Length: > ValueBytesMax } => $"its value is longer than {ValueBytesMax:N0} bytes.",
        var utf8 when utf8.Contains((byte)0) => "its value holds a NUL, which programs and protocols cut values at.",
        var utf8 when utf8.IndexOf("${cred:"u8) >= 0 => "its value refers to a credential itself, and references are not followed. Store the value that is meant.",
        _ => null,
    };
}
