namespace Gantry.Engine.Documents;

/// <summary>
/// References written without quotes where YAML's flow style has brackets of its own: { site: ${input.site}, first: ${steps.0.output[0]} }. Their brackets and commas are
/// replaced, one character for one, by characters that mean nothing to YAML, and put back when it has been read.
/// </summary>
internal static class BareReferences
{
    private const string Meaningful = "{}[],";
    private const char HiddenFirst = '\uE000';

    /// <summary>Null when there is nothing to hide, or when the text holds the characters it would be hidden behind.</summary>
    public static string? Hide(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange(HiddenFirst, (char)(HiddenFirst + Meaningful.Length - 1)) >= 0)
        {
            return null;
        }

        char[]? hidden = null;
        for (var at = 0; (at = text.IndexOf("${", at, StringComparison.Ordinal)) >= 0;)
        {
            var length = text.AsSpan(at).IndexOfAny('}', '\n') + 1;
            if (length == 0)
            {
                break;
            }

            if (text[at + length - 1] == '}')
            {
                hidden ??= text.ToCharArray();
                foreach (ref var character in hidden.AsSpan(at, length))
                {
                    character = Meaningful.IndexOf(character, StringComparison.Ordinal) is var index and >= 0 ? (char)(HiddenFirst + index) : character;
                }
            }

            at += length;
        }

        return hidden is null ? null : new string(hidden);
    }

    public static DocumentNode Show(DocumentNode node) => new()
    {
        Kind = node.Kind,
        Position = node.Position,
        Text = Show(node.Text),
        Items = [.. node.Items.Select(Show)],
        Members = [.. node.Members.Select(member => new DocumentMember(Show(member.Name), member.Position, Show(member.Value)))],
    };

    private static string Show(string text)
    {
        for (var index = 0; index < Meaningful.Length; index++)
        {
            text = text.Replace((char)(HiddenFirst + index), Meaningful[index]);
        }

        return text;
    }
}
