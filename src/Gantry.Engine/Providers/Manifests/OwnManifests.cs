using System.Text;
using Gantry.Engine.Documents;

namespace Gantry.Engine.Providers.Manifests;

/// <summary>The manifests that people put into a folder of their own, acme.yaml for the provider 'acme'. They stand beside those of this program and never in their place.</summary>
/// <param name="Providers">Those that can be used.</param>
/// <param name="Unusable">The others, each with what is wrong with it.</param>
public sealed record OwnManifests(IReadOnlyList<ManifestProvider> Providers, IReadOnlyList<UnusableManifest> Unusable)
{
    public const string Extension = ".yaml";

    private const string OtherExtension = ".yml";

    /// <summary>A folder that is not there has none.</summary>
    /// <param name="folder">Where they lie.</param>
    /// <param name="shipped">Whose ids are taken.</param>
    /// <param name="isRead">Each is read at once, so that all that is wrong is known now; else those that can be looked over are read when they are first used.</param>
    public static OwnManifests Load(OwnFolder folder, ProviderCatalog shipped, bool isRead = false)
    {
        List<ManifestProvider> providers = [];
        List<UnusableManifest> unusable = [];
        foreach (var file in Files(folder.Path))
        {
            var id = Path.GetFileNameWithoutExtension(file);
            var shown = Path.Combine(folder.ShownAs, Path.GetFileName(file));
            try
            {
                if (!file.EndsWith(Extension, StringComparison.Ordinal))
                {
                    throw Wrong(shown, $"It is not read: a manifest's file ends in '{Extension}'.");
                }

                if (Taken(id, shipped) is { } taken)
                {
                    throw Wrong(shown, $"It is not used: {taken}");
                }

                providers.Add(Open(file, shown, isRead));
            }
            catch (ManifestException wrong)
            {
                unusable.Add(new UnusableManifest(id, wrong.Findings, folder.Advice));
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
            {
                unusable.Add(new UnusableManifest(id, Wrong(shown, Reason(failed)).Findings, folder.Advice));
            }
        }

        return new OwnManifests(providers, unusable);
    }

    /// <summary>The files that are or should be manifests, in the order of their names; folders in it are not looked into.</summary>
    public static IReadOnlyList<string> Files(string folder) => Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder).Where(file => file.EndsWith(Extension, StringComparison.Ordinal) || file.EndsWith(OtherExtension, StringComparison.Ordinal)).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>Why an own provider cannot be called so; null when it can.</summary>
    public static string? Taken(string id, ProviderCatalog shipped) => shipped.IsShipped(id)
        ? $"this program has a provider '{id}' already, and an own one does not take its place. Give it another id, such as 'my-{id}'."
        : null;

    /// <summary>The text of a manifest's file.</summary>
    /// <exception cref="ManifestException">It is no text, or too long for one.</exception>
    public static string ReadText(string file) => ReadText(file, file);

    private static string ReadText(string file, string shown)
    {
        using var stream = File.OpenRead(file);
        if (stream.Length > ManifestReader.BytesMax)
        {
            throw Wrong(shown, $"It is too long for a manifest: at most {ManifestReader.BytesMax:N0} bytes are read.");
        }

        try
        {
            using var reader = new StreamReader(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
            return reader.ReadToEnd();
        }
        catch (DecoderFallbackException)
        {
            throw Wrong(shown, "It is no text in UTF-8.");
        }
    }

    private static ManifestProvider Open(string file, string shown, bool isRead)
    {
        var text = ReadText(file, shown);
        var summary = isRead ? null : ManifestSummary.Scan(text);
        return summary is not null && summary.Id == Path.GetFileNameWithoutExtension(file)
            ? new ManifestProvider(summary, () => ManifestReader.Read(text, shown))
            : new ManifestProvider(ManifestReader.Read(text, shown));
    }

    private static string Reason(Exception failed) => failed switch
    {
        UnauthorizedAccessException => "The user that this program runs as may not read it.",
        FileNotFoundException or DirectoryNotFoundException => "There is no file any more where it leads.",
        _ => "It cannot be read.",
    };

    private static ManifestException Wrong(string file, string message) => new([new ManifestFinding(file, new DocumentPosition(1, 1), message)]);
}

/// <summary>A folder of own manifests.</summary>
/// <param name="ShownAs">What stands before the names of its files in messages; a hub's people need not know where its data lies.</param>
/// <param name="Advice">A sentence: what to do about a file that cannot be used.</param>
public sealed record OwnFolder(string Path, string ShownAs, string Advice);
