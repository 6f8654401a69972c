namespace Gantry.Plugins.Endpoints.S3;

/// <summary>
/// What browsers are told a file is, by the ending of its name: a bucket that serves a website says what it was told at the upload. Names and types
/// as in https://www.iana.org/assignments/media-types.
/// </summary>
internal static class S3ContentType
{
    private const string Unknown = "application/octet-stream";

    // A type and the endings of its names.
    private const string Table = """
        text/html html htm
        application/xhtml+xml xhtml
        text/css css
        text/javascript js mjs
        application/json json map
        application/ld+json jsonld
        application/manifest+json webmanifest
        application/xml xml
        application/rss+xml rss
        application/atom+xml atom
        text/plain txt
        text/markdown md
        text/csv csv
        text/tab-separated-values tsv
        text/calendar ics
        text/vcard vcf
        text/vtt vtt
        application/yaml yaml yml
        application/toml toml
        image/png png
        image/jpeg jpg jpeg
        image/gif gif
        image/webp webp
        image/avif avif
        image/svg+xml svg
        image/vnd.microsoft.icon ico
        image/bmp bmp
        image/tiff tif tiff
        image/heic heic
        font/woff woff
        font/woff2 woff2
        font/ttf ttf
        font/otf otf
        application/vnd.ms-fontobject eot
        audio/mpeg mp3
        audio/mp4 m4a
        audio/aac aac
        audio/ogg ogg oga opus
        audio/flac flac
        audio/wav wav
        audio/webm weba
        video/mp4 mp4 m4v
        video/webm webm
        video/ogg ogv
        video/quicktime mov
        video/x-msvideo avi
        video/mpeg mpg mpeg
        video/matroska mkv
        application/vnd.apple.mpegurl m3u8
        application/dash+xml mpd
        video/mp2t ts
        application/pdf pdf
        application/rtf rtf
        application/zip zip
        application/gzip gz tgz
        application/x-bzip2 bz2
        application/x-xz xz
        application/zstd zst
        application/x-7z-compressed 7z
        application/x-tar tar
        application/wasm wasm
        application/epub+zip epub
        application/msword doc
        application/vnd.openxmlformats-officedocument.wordprocessingml.document docx
        application/vnd.ms-excel xls
        application/vnd.openxmlformats-officedocument.spreadsheetml.sheet xlsx
        application/vnd.ms-powerpoint ppt
        application/vnd.openxmlformats-officedocument.presentationml.presentation pptx
        application/vnd.oasis.opendocument.text odt
        application/vnd.oasis.opendocument.spreadsheet ods
        application/vnd.oasis.opendocument.presentation odp
        application/sql sql
        """;

    private static readonly Dictionary<string, string> Types = ReadTable();

    public static string Of(string path)
    {
        var dot = path.LastIndexOf('.');
        return dot > path.LastIndexOf('/') && Types.TryGetValue(path[dot..], out var type) ? type : Unknown;
    }

    private static Dictionary<string, string> ReadTable()
    {
        Dictionary<string, string> types = new(StringComparer.OrdinalIgnoreCase);
        foreach (var line in Table.Split('\n'))
        {
            var words = line.Trim().Split(' ');
            foreach (var ending in words.AsSpan(1))
            {
                types["." + ending] = words[0];
            }
        }

        return types;
    }
}
