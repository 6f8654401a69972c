using System.Text;
using Gantry.Cli.CommandLine;
using Gantry.Engine.Documents;
using Gantry.Engine.Secrets;

namespace Gantry.Cli.Credentials;

/// <summary>A website's YAML file: which of its values are credentials, and the same file with references in their places.</summary>
internal sealed class WebsiteFile
{
    private const int BytesMax = 8 * 1024 * 1024;
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly IReadOnlyList<ScalarPlace> scalars;

    private WebsiteFile(string path, byte[] content, string text, IReadOnlyList<ScalarPlace> scalars)
    {
        FilePath = path;
        Content = content;
        Text = text;
        this.scalars = scalars;
    }

    public string FilePath { get; }

    /// <summary>As it was read, to see whether somebody changed it meanwhile.</summary>
    public byte[] Content { get; }

    public string Text { get; }

    public static WebsiteFile Read(string path)
    {
        try
        {
            if (new FileInfo(path).Length > BytesMax)
            {
                throw new CommandException($"'{path}' is larger than {BytesMax / 1024 / 1024} MB.");
            }

            var content = File.ReadAllBytes(path);
            var text = StrictUtf8.GetString(content);
            return new(path, content, text, YamlScalars.Find(text));
        }
        catch (DocumentException wrong)
        {
            throw new CommandException($"{path}:{wrong.Position.Line}:{wrong.Position.Column}: {wrong.Message}");
        }
        catch (DecoderFallbackException)
        {
            throw new CommandException($"'{path}' is not UTF-8. Save it in this encoding.");
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException($"There is no file '{path}'.");
        }
    }

    /// <summary>The values that belong into a store, in the order of the file. Those that refer to a credential already are left out.</summary>
    public IEnumerable<FoundCredential> FindCredentials(string? website)
    {
        foreach (var scalar in scalars.Where(scalar => SecretNames.IsOne(scalar.Name) && IsGiven(scalar)))
        {
            var section = scalars.Where(other => IsBeside(other, scalar)).ToList();
            if (!SecretNames.IsUser(scalar.Name) || section.Exists(other => SecretNames.IsOne(other.Name) && !SecretNames.IsUser(other.Name)))
            {
                yield return new(this, scalar, website ?? WebsiteOf(scalar), SecretNames.TypeOf(scalar, section));
            }
        }
    }

    /// <summary>The file with references in the places of these values. Every other value is proven to be what it was.</summary>
    public string Rewrite(IReadOnlyList<MigratedCredential> migrated)
    {
        StringBuilder written = new();
        var at = 0;
        foreach (var (scalar, name) in migrated.Select(credential => (credential.Found.Scalar, credential.Name)).OrderBy(pair => pair.Scalar.Start))
        {
            written.Append(Text, at, scalar.Start - at).Append(Reference(scalar, name));
            at = scalar.End;
        }

        var text = written.Append(Text, at, Text.Length - at).ToString();
        Prove(text, migrated);
        return text;
    }

    private static bool IsGiven(ScalarPlace scalar) =>
        scalar.Value.Length > 0 && !scalar.Value.Contains("${cred:", StringComparison.Ordinal)
        && !(scalar.Form == ScalarForm.Plain && scalar.Value is "~" or "null" or "Null" or "NULL" or "true" or "false");

    private static bool IsBeside(ScalarPlace one, ScalarPlace other) =>
        one != other && one.Path.Count == other.Path.Count && one.Path.SkipLast(1).SequenceEqual(other.Path.SkipLast(1), StringComparer.Ordinal);

    /// <summary>The member of 'websites' it is in, else what the file calls its website, else the file's name.</summary>
    private string WebsiteOf(ScalarPlace scalar)
    {
        if (scalar.Path is ["websites" or "sites", var member, _, ..])
        {
            return char.IsAsciiDigit(member[0]) ? NameIn([scalar.Path[0], member]) ?? member : member;
        }

        return NameIn([]) ?? Path.GetFileNameWithoutExtension(FilePath);
    }

    private string? NameIn(IReadOnlyList<string> path) =>
        ((string[])["website_name", "website", "name", "site", "domain"]).Select(name => scalars.FirstOrDefault(scalar => scalar.Path.SequenceEqual([.. path, name], StringComparer.Ordinal)))
            .FirstOrDefault(scalar => scalar is { Value.Length: > 0 } && !scalar.Value.Contains("${", StringComparison.Ordinal))?.Value;

    private string Reference(ScalarPlace scalar, string name)
    {
        var reference = $"${{cred:{name}}}";
        var end = scalar.Form == ScalarForm.Block ? Text[scalar.Start..scalar.End] : "";
        return scalar.Form switch
        {
            ScalarForm.SingleQuoted => $"'{reference}'",
            ScalarForm.DoubleQuoted => $"\"{reference}\"",

            // The braces would be YAML's own inside { } and [ ].
            ScalarForm.Plain when scalar.IsInFlow => $"\"{reference}\"",
            ScalarForm.Block => reference + end[end.TrimEnd('\r', '\n', ' ').Length..],
            _ => reference,
        };
    }

    private void Prove(string text, IReadOnlyList<MigratedCredential> migrated)
    {
        var names = migrated.ToDictionary(credential => credential.Found.Scalar, credential => credential.Name);
        var expected = scalars.Select(scalar => (string.Join('\n', scalar.Path), names.TryGetValue(scalar, out var name) ? $"${{cred:{name}}}" : scalar.Value));
        if (!YamlScalars.Find(text).Select(scalar => (string.Join('\n', scalar.Path), scalar.Value)).SequenceEqual(expected))
        {
            throw new CommandException($"'{FilePath}' is written in a way that cannot be changed without changing more than its credentials. Nothing was written; put the references in by hand.");
        }
    }
}

/// <summary>A value of a website's file that belongs into a store.</summary>
internal sealed record FoundCredential(WebsiteFile File, ScalarPlace Scalar, string Website, string Type)
{
    /// <summary>For two of the same type: with the section it is in.</summary>
    public string LongerType => Scalar.Path.Count > 1 ? $"{Scalar.Path[^2]}_{Type}" : Type;
}

/// <summary>The same with its name in the store and its value.</summary>
internal sealed record MigratedCredential(FoundCredential Found, string Name, string Type, Secret Value);
