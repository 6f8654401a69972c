using System.Reflection;

namespace Gantry.Hub.Web;

/// <summary>The built pages: within this program, or in the folder where a clone builds them.</summary>
internal abstract class UiFiles
{
    /// <summary>The page that all others are made from.</summary>
    public const string Index = "index.html";

    /// <summary>Null when the pages were not built.</summary>
    public static UiFiles? Find()
    {
        if (Embedded.Read(typeof(UiFiles).Assembly) is { } embedded) return embedded;
        var built = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "ui"));
        return File.Exists(Path.Combine(built, Index)) ? OfFolder(built) : null;
    }

    public static UiFiles OfFolder(string folder) => new Folder(folder);

    /// <summary>Null when there is none.</summary>
    /// <param name="path">Relative, with '/'. What could lead out of the files, or to hidden ones, names nothing.</param>
    public Stream? Open(string path) => IsPlain(path) ? OpenPlain(path) : null;

    protected abstract Stream? OpenPlain(string path);

    private static bool IsPlain(string path) => path.Length is > 0 and <= 200
        && path.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '/' or '.' or '-' or '_')
        && path.Split('/').All(part => part.Length > 0 && part[0] != '.');

    private sealed class Folder(string root) : UiFiles
    {
        protected override Stream? OpenPlain(string path)
        {
            var file = new FileInfo(Path.Combine(root, path));
            return file.Exists ? file.OpenRead() : null;
        }
    }

    private sealed class Embedded(Assembly assembly, IReadOnlySet<string> names) : UiFiles
    {
        private const string Prefix = "ui/";

        public static Embedded? Read(Assembly assembly)
        {
            var names = assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
            return names.Contains(Prefix + Index) ? new Embedded(assembly, names) : null;
        }

        protected override Stream? OpenPlain(string path) => names.Contains(Prefix + path) ? assembly.GetManifestResourceStream(Prefix + path) : null;
    }
}
