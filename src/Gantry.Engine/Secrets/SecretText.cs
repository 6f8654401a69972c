using System.Text;

namespace Gantry.Engine.Secrets;

/// <summary>
/// Texts with references to secrets, "Bearer ${cred:TOKEN}", as settings that take secrets hold them. "$${" stands for a plain "${", so that what came from
/// elsewhere (an input, another step's output) never becomes a reference.
/// </summary>
public static class SecretText
{
    private const string Opening = "${";
    private const string EscapedOpening = "$${";

    /// <summary>The template that expands to exactly this text.</summary>
    public static string Escape(string text) => text.Replace(Opening, EscapedOpening, StringComparison.Ordinal);

    /// <summary>The text with every secret in its place. Fails with <see cref="SecretException"/> when one is not to be had.</summary>
    public static async ValueTask<string> ExpandAsync(string template, ISecretResolver secrets, CancellationToken cancellationToken)
    {
        if (!template.Contains(Opening, StringComparison.Ordinal))
        {
            return template;
        }

        var text = new StringBuilder();
        for (var at = 0; at < template.Length;)
        {
            if (string.CompareOrdinal(template, at, EscapedOpening, 0, EscapedOpening.Length) == 0)
            {
                text.Append(Opening);
                at += EscapedOpening.Length;
            }
            else if (string.CompareOrdinal(template, at, Opening, 0, Opening.Length) == 0)
            {
                var reference = ReferenceAt(template, at);
                text.Append((await FindAsync(reference, secrets, cancellationToken)).Reveal());
                at += reference.ToString().Length;
            }
            else
            {
                text.Append(template[at++]);
            }
        }

        return text.ToString();
    }

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
