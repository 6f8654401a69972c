using System.Text;

namespace Gantry.Engine.Secrets;

/// <summary>
/// Texts with references to secrets, "Bearer ${cred:TOKEN}", as settings that take secrets hold them. "$${" stands for a plain "${". What comes from elsewhere
/// (an input, another step's output) is escaped on its way in, so that it never becomes a reference, nor a part of one together with what stands beside it.
/// </summary>
public static class SecretText
{
    private const string Opening = "${";
    private const string EscapedOpening = "$${";

    /// <summary>Begins an escape of two characters. Nobody writes it: it is SUBSTITUTE, a control character.</summary>
    private const char Mark = '\u001A';

    private const string Escaped = "${\u001A";

    /// <summary>The template that expands to exactly this text, whatever templates stand before and behind it.</summary>
    public static string Escape(string text)
    {
        if (text.AsSpan().IndexOfAny(Escaped) < 0)
        {
            return text;
        }

        var template = new StringBuilder(text.Length + 16);
        foreach (var character in text)
        {
            if (Escaped.IndexOf(character, StringComparison.Ordinal) is var index and >= 0)
            {
                template.Append(Mark).Append((char)('0' + index));
            }
            else
            {
                template.Append(character);
            }
        }

        return template.ToString();
    }

    /// <summary>Whether expanding it makes a difference.</summary>
    public static bool IsTemplate(string text) => text.Contains(Opening, StringComparison.Ordinal) || text.Contains(Mark, StringComparison.Ordinal);

    /// <summary>The text of a template without references; null when it has some.</summary>
    public static string? Plain(string template)
    {
        var text = new StringBuilder(template.Length);
        for (var at = 0; at < template.Length;)
        {
            if (IsAt(template, at, Opening))
            {
                return null;
            }

            at += AppendPlain(template, at, text);
        }

        return text.ToString();
    }

    /// <summary>The text with every secret in its place. Fails with <see cref="SecretException"/> when one is not to be had.</summary>
    public static async ValueTask<string> ExpandAsync(string template, ISecretResolver secrets, CancellationToken cancellationToken)
    {
        if (!IsTemplate(template))
        {
            return template;
        }

        var text = new StringBuilder(template.Length);
        for (var at = 0; at < template.Length;)
        {
            if (IsAt(template, at, Opening))
            {
                var reference = ReferenceAt(template, at);
                text.Append((await FindAsync(reference, secrets, cancellationToken)).Reveal());
                at += reference.ToString().Length;
            }
            else
            {
                at += AppendPlain(template, at, text);
            }
        }

        return text.ToString();
    }

    /// <summary>Appends what stands there, an escape or a character, and answers how long it is.</summary>
    private static int AppendPlain(string template, int at, StringBuilder text)
    {
        if (IsAt(template, at, EscapedOpening))
        {
            text.Append(Opening);
            return EscapedOpening.Length;
        }

        if (template[at] == Mark && at + 1 < template.Length && template[at + 1] - '0' is var index and >= 0 && index < Escaped.Length)
        {
            text.Append(Escaped[index]);
            return 2;
        }

        text.Append(template[at]);
        return 1;
    }

    private static bool IsAt(string template, int at, string token) => string.CompareOrdinal(template, at, token, 0, token.Length) == 0;

    private static SecretRef ReferenceAt(string template, int at)
    {
        var end = template.IndexOf('}', at);
        return (end < 0 ? null : SecretRef.Parse(template[at..(end + 1)]))
            ?? throw new SecretException("A setting with secrets holds a malformed reference. A secret is written ${cred:NAME}; a plain ${ is written $${.");
    }

    private static async ValueTask<Secret> FindAsync(SecretRef reference, ISecretResolver secrets, CancellationToken cancellationToken) =>
        await secrets.FindAsync(reference.Name, cancellationToken)
        ?? throw new SecretException($"There is no credential '{reference.Name}' in {secrets.Places}. Store it under this name, or correct the name in the plan.");
}

/// <summary>A secret that is needed is not to be had. The message says which and where it was looked for.</summary>
public sealed class SecretException(string message) : Exception(message);
