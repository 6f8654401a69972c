using System.Text;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Endpoints.Local;

/// <summary>Folders of the machine this program runs on.</summary>
public sealed class LocalKind : EndpointKind
{
    private const string Path = "path";
    private const string UrlPrefix = "file://";

    public override string Id => "local";

    public override string Title => "Local folder";

    public override string Help => "A folder of the machine that Gantry runs on; no link inside leads out of it.";

    public override IReadOnlyList<string> AddressForms => ["/path", "./path", "file:///path"];

    public override IReadOnlyList<Setting> Settings => field ??=
    [
        new() { Name = Path, IsRequired = true, Help = "The folder, absolute or relative to where the program was started." },
    ];

    /// <summary>A path with a ':' before its first '/' is none of ours: it names a saved endpoint or another kind ("./a:b" is a path).</summary>
    public override EndpointSettings? Parse(string address)
    {
        if (address.StartsWith(UrlPrefix, StringComparison.OrdinalIgnoreCase))
        {
            return SettingsOf(PathOfUrl(address[UrlPrefix.Length..], address));
        }

        var isPath = address.Length > 0 && address.AsSpan().IndexOfAny(':', '/') is var first && (first < 0 || address[first] == '/');
        return isPath ? SettingsOf(address) : null;
    }

    public override string Format(EndpointSettings settings) => FullPath(settings);

    public override IEndpoint Open(EndpointSettings settings, EndpointContext context)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new EndpointException(EndpointError.NotSupported, "Local endpoints need Linux.");
        }

        return new LocalEndpoint(FullPath(settings), context.LocalRoots);
    }

    private EndpointSettings SettingsOf(string path)
    {
        CheckNoNul(path);
        return new() { Kind = Id, Values = new Dictionary<string, string>(StringComparer.Ordinal) { [Path] = System.IO.Path.GetFullPath(path) } };
    }

    private static string FullPath(EndpointSettings settings)
    {
        var path = settings.Find(Path);
        if (string.IsNullOrEmpty(path))
        {
            throw new EndpointException(EndpointError.BadSetting, "The setting 'path' is missing: it names the folder.");
        }

        CheckNoNul(path);
        var fullPath = System.IO.Path.GetFullPath(path);
        return fullPath == "/" ? fullPath : fullPath.TrimEnd('/');
    }

    private static void CheckNoNul(string path)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            throw new EndpointException(EndpointError.BadSetting, "The path holds a NUL character, which no path can.");
        }
    }

    private static string PathOfUrl(string rest, string address)
    {
        const string LocalHost = "localhost/";
        if (rest.StartsWith(LocalHost, StringComparison.OrdinalIgnoreCase))
        {
            rest = rest[(LocalHost.Length - 1)..];
        }

        if (!rest.StartsWith('/'))
        {
            throw new EndpointException(EndpointError.BadSetting, $"'{EndpointPath.Printable(address)}' names another machine: a file address is file:///path.");
        }

        return Unescape(rest, address);
    }

    /// <summary>%XX are bytes, so that names that are not UTF-8 can be said too.</summary>
    private static string Unescape(string text, string address)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
        {
            return text;
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        var length = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != '%')
            {
                bytes[length++] = bytes[i];
                continue;
            }

            if (i + 2 >= bytes.Length || !char.IsAsciiHexDigit((char)bytes[i + 1]) || !char.IsAsciiHexDigit((char)bytes[i + 2]))
            {
                throw new EndpointException(EndpointError.BadSetting, $"'{EndpointPath.Printable(address)}' has a '%' without two hexadecimal digits; '%' itself is %25.");
            }

            bytes[length++] = Convert.FromHexString(Encoding.ASCII.GetString(bytes, i + 1, 2))[0];
            i += 2;
        }

        return NameBytes.Decode(bytes.AsSpan(0, length));
    }
}
