using System.Text;
using Gantry.Engine.Documents;

namespace Gantry.Engine.Providers.Manifests;

/// <summary>The manifests that people put into a folder of their own, acme.yaml for the provider 'acme'. They stand beside those of this program and never in their place.</summary>
/// <param name="Providers">Those that can be used.</param>
/// <param name="Faults">A sentence for each that cannot be.</param>
public sealed record OwnManifests(IReadOnlyList<ManifestProvider> Providers, IReadOnlyList<string> Faults)
{
    public const string Extension = ".yaml";

    /// <summary>A folder that is not there has none.</summary>
    /// <param name="folder">Where they lie; folders in it are not looked into.</param>
    /// <param name="shipped">Whose ids are taken.</param>
    /// <param name="isRead">Each is read at once, so that all that is wrong is known now; else those that can be looked over are read when they are first used.</param>
    public static OwnManifests Load(string folder, ProviderCatalog shipped, bool isRead = false)
    {
        List<ManifestProvider> providers = [];
        List<string> faults = [];
        if (Directory.Exists(folder))
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*" + Extension).Order(StringComparer.Ordinal))
            {
                if (Taken(Path.GetFileNameWithoutExtension(file), shipped) is { } taken)
                {
                    faults.Add($"{file} is not used: {taken}");
                }
                else
                {
                    Add(file, isRead, providers, faults);
                }
            }
        }

        return new OwnManifests(providers, faults);
    }

    /// <summary>Why an own provider cannot be called so; null when it can.</summary>
    public static string? Taken(string id, ProviderCatalog shipped) => shipped.IsShipped(id)
        ? $"this program has a provider '{id}' already, and an own one does not take its place. Give it another id, such as 'my-{id}'."
        : null;

    /// <summary>The text of a manifest's file.</summary>
    /// <exception cref="ManifestException">It is no text, or too long for one.</exception>
    public static string ReadText(string file)
    {
        using var stream = File.OpenRead(file);
        if (stream.Length > ManifestReader.BytesMax)
        {
            throw Wrong(file, $"It is too long for a manifest: at most {ManifestReader.BytesMax:N0} bytes are read.");
        }

        try
        {
            using var reader = new StreamReader(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
            return reader.ReadToEnd();
        }
        catch (DecoderFallbackException)
        {
            throw Wrong(file, "It is no text in UTF-8.");
        }
    }

    private static void Add(string file, bool isRead, List<ManifestProvider> providers, List<string> faults)
    {
        try
        {
            var text = ReadText(file);
            var summary = isRead ? null : ManifestSummary.Scan(text);
            providers.Add(summary is not null && summary.Id == Path.GetFileNameWithoutExtension(file)
                ? new ManifestProvider(summary, () => ManifestReader.Read(text, file))
                : new ManifestProvider(ManifestReader.Read(text, file)));
        }
        catch (Exception exception) when (exception is ManifestException or IOException or UnauthorizedAccessException)
        {
            faults.Add(exception.Message);
        }
    }

    private static ManifestException Wrong(string file, string message) => new([new ManifestFinding(file, new DocumentPosition(1, 1), message)]);
}
