using Gantry.Engine.Endpoints;

namespace Gantry.Hub.Endpoints.Files;

/// <summary>
/// As what a file may be shown in a page of the hub. Images of kinds that hold nothing but an image are images; everything else that may be looked at is plain
/// text, a page with scripts in it as well. SVG is a page, too.
/// </summary>
internal static class SafeContent
{
    private static readonly Dictionary<string, string> Images = new(StringComparer.OrdinalIgnoreCase)
    {
        [".png"] = "image/png",
        [".jpg"] = "image/jpeg",
        [".jpeg"] = "image/jpeg",
        [".gif"] = "image/gif",
        [".webp"] = "image/webp",
        [".avif"] = "image/avif",
        [".bmp"] = "image/bmp",
        [".ico"] = "image/x-icon",
    };

    public static string TypeOf(string path) => Images.GetValueOrDefault(Path.GetExtension(EndpointPath.NameOf(path)), "text/plain; charset=utf-8");
}
