namespace Gantry.Plugins.Endpoints.S3;

/// <summary>
/// What stands behind "s3://", taken apart. The prefix is taken as it is, without %-escapes, as in addresses of other kinds. A '?' begins settings
/// only when what follows reads as settings of this kind: keys may hold one.
/// </summary>
internal sealed record S3Address(string Bucket, string Prefix, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>Null when it is not of the form bucket[/prefix][?name=value[&amp;name=value]…].</summary>
    public static S3Address? Split(string text, IReadOnlySet<string> settingNames)
    {
        Dictionary<string, string> settings = new(StringComparer.Ordinal);
        for (var mark = text.IndexOf('?'); mark >= 0; mark = text.IndexOf('?', mark + 1))
        {
            if (TryReadSettings(text[(mark + 1)..], settingNames) is { } found)
            {
                (text, settings) = (text[..mark], found);
                break;
            }
        }

        var slash = text.IndexOf('/');
        var bucket = slash < 0 ? text : text[..slash];
        return bucket.Length == 0 ? null : new S3Address(bucket, slash < 0 ? "" : text[slash..].Trim('/'), settings);
    }

    private static Dictionary<string, string>? TryReadSettings(string text, IReadOnlySet<string> names)
    {
        Dictionary<string, string> settings = new(StringComparer.Ordinal);
        foreach (var part in text.Split('&'))
        {
            var equals = part.IndexOf('=');
            if (equals < 0 || !names.Contains(part[..equals]))
            {
                return null;
            }

            settings[part[..equals]] = Uri.UnescapeDataString(part[(equals + 1)..]);
        }

        return settings;
    }
}
