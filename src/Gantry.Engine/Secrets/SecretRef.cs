namespace Gantry.Engine.Secrets;

/// <summary>A reference to a secret, as it is written in settings: ${cred:NAME}.</summary>
public sealed record SecretRef
{
    private const string Opening = "${cred:";
    private const int NameLengthMax = 128;

    private SecretRef(string name) => Name = name;

    /// <summary>Letters, digits, '_', '-', '.' and '/'; at most 128 of them, the first one a letter, a digit or '_'.</summary>
    public string Name { get; }

    /// <summary>The reference when the whole text is one; null when it is anything else.</summary>
    public static SecretRef? Parse(string text)
    {
        if (!text.StartsWith(Opening, StringComparison.Ordinal) || !text.EndsWith('}'))
        {
            return null;
        }

        var name = text[Opening.Length..^1];
        return IsName(name) ? new SecretRef(name) : null;
    }

    public static bool IsName(string name) =>
        name.Length is > 0 and <= NameLengthMax
        && (char.IsAsciiLetterOrDigit(name[0]) || name[0] == '_')
        && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '.' or '/');

    public override string ToString() => $"{Opening}{Name}}}";
}
