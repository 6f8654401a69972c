using System.Globalization;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Secrets;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Endpoints.S3;

/// <summary>Buckets of Amazon S3, and of every service that speaks its protocol.</summary>
public sealed class S3Kind : EndpointKind
{
    private const string Prefix = "s3://";
    private const string Bucket = "bucket";
    private const string Folder = "path";
    private const string Endpoint = "endpoint";
    private const string Region = "region";
    private const string AccessKey = "access_key";
    private const string SecretKey = "secret_key";
    private const string SessionToken = "session_token";
    private const string Profile = "profile";
    private const string Anonymous = "anonymous";
    private const string PathStyle = "path_style";
    private const string StorageClass = "storage_class";
    private const string Encryption = "sse";
    private const string EncryptionKey = "sse_kms_key_id";
    private const string Acl = "acl";
    private const string CacheControl = "cache_control";
    private const string Metadata = "metadata";
    private const string PartSize = "part_size";
    private const string Connections = "connections";
    private const int ConnectionsMax = 1000;

    // What stands in an address; the rest is said otherwise.
    private static readonly string[] InAddress = [Endpoint, Region, PathStyle, Profile, Anonymous, StorageClass, Encryption, EncryptionKey, Acl, CacheControl, PartSize, Connections, OwnAuthorities.PemFile];
    private static readonly HashSet<string> InAddressNames = [.. InAddress];

    public override string Id => "s3";

    public override string Title => "S3";

    public override string Help => "A bucket of Amazon S3 or of any service that speaks its protocol, or what is below a prefix in it.";

    public override IReadOnlyList<string> AddressForms => ["s3://bucket/prefix?region=eu-west-1", "s3://bucket/prefix?endpoint=https://host:9000"];

    public override int? DefaultPort => 443;

    public override IReadOnlyList<Setting> Settings => field ??=
    [
        new() { Name = Bucket, IsRequired = true, Help = "The bucket's name." },
        new() { Name = Folder, Help = "The prefix, as a folder: 'backups/web'. All of the bucket without it." },
        new() { Name = Endpoint, Help = "The service's address, such as https://minio.example.org:9000; Amazon's of the region without it." },
        new() { Name = Region, Help = "The region the bucket is in; us-east-1 without it, or on the command line what AWS_REGION or the profile says." },
        new() { Name = AccessKey, Help = "The access key's id, or ${cred:NAME}." },
        new() { Name = SecretKey, IsSecret = true, Help = "The secret access key, as ${cred:NAME}." },
        new() { Name = SessionToken, IsSecret = true, Help = "What comes with temporary keys, as ${cred:NAME}." },
        new() { Name = Profile, Help = "On the command line: the profile of ~/.aws/config to sign in with. Without it and without keys: AWS_ACCESS_KEY_ID, then AWS_PROFILE, then 'default'." },
        new() { Name = Anonymous, Type = SettingType.Boolean, Help = "Signs nothing: for buckets that everybody may use." },
        new() { Name = PathStyle, Type = SettingType.Boolean, Help = "The bucket stands in the path and not in the host's name; usual for all services but Amazon's." },
        new() { Name = StorageClass, Help = "The storage class of new files, such as STANDARD_IA; the service's default without it." },
        new() { Name = Encryption, Choices = ["AES256", "aws:kms", "aws:kms:dsse"], Help = "How the server encrypts new files; what the bucket says without it." },
        new() { Name = EncryptionKey, Help = "The KMS key's id or ARN, with sse=aws:kms." },
        new()
        {
            Name = Acl,
            Choices = ["private", "public-read", "public-read-write", "authenticated-read", "aws-exec-read", "bucket-owner-read", "bucket-owner-full-control"],
            Help = "Who may read new files; what the bucket says without it.",
        },
        new() { Name = CacheControl, Help = "What browsers are told of new files: 'max-age=3600'." },
        new() { Name = Metadata, Help = "Kept with every new file: 'name=value, name=value'." },
        new() { Name = PartSize, Help = "How large the parts of large files are at least: 8M without it. Each part under way is in memory." },
        new() { Name = Connections, Type = SettingType.Integer, Help = "How many connections are used at most; 64 without it." },
        .. OwnAuthorities.Settings,
    ];

    public override EndpointSettings? Parse(string address)
    {
        if (!address.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var parts = S3Address.Split(address[Prefix.Length..], InAddressNames)
            ?? throw Wrong($"This is not an S3 address; it is written {AddressForms[0]} or {AddressForms[1]}.");
        if (parts.Bucket.Contains('@') || parts.Bucket.Contains(':'))
        {
            throw Wrong($"An S3 address begins with the bucket: {AddressForms[0]}. The service's host goes into endpoint=…, and keys are given as settings: 'secret_key' as ${{cred:NAME}}.");
        }

        Dictionary<string, string> values = new(parts.Settings, StringComparer.Ordinal) { [Bucket] = parts.Bucket };
        if (parts.Prefix.Length > 0)
        {
            values[Folder] = parts.Prefix;
        }

        var settings = new EndpointSettings { Kind = Id, Values = values };
        Check(settings);
        return settings;
    }

    public override string Format(EndpointSettings settings)
    {
        var prefix = PrefixOf(settings);
        var query = string.Join('&', InAddress.Where(name => settings.Find(name) is not null).Select(name => $"{name}={EscapeValue(settings.Find(name)!)}"));
        return $"{Prefix}{settings.Find(Bucket)}{(prefix.Length == 0 ? "" : "/" + prefix)}{(query.Length == 0 ? "" : "?" + query)}";
    }

    public override (string? Host, int? Port) ServerOf(EndpointSettings settings)
    {
        var uri = UriOf(settings, settings.Find(Region) ?? RegionDefault);
        return (uri.Host, uri.Port);
    }

    public override void Check(EndpointSettings settings)
    {
        var bucket = settings.Find(Bucket);
        Check(bucket is not null && IsBucket(bucket), Bucket, bucket, "cannot be the name of a bucket: it has 3 to 63 characters out of lower-case letters, digits, '-' and '.'");
        Check(settings.Find(Region) is not { } region || IsRegion(region), Region, settings.Find(Region), "is no region, such as eu-west-1");
        if (settings.Find(Endpoint) is { } endpoint && ServiceUrlOf(endpoint) is null)
        {
            // It is not shown: it may hold a password.
            throw Wrong($"The setting '{Endpoint}' is no address of a service: it is written https://host:port, without a login.");
        }

        Check(settings.Find(PartSize) is null || PartBytesOf(settings) is not null, PartSize, settings.Find(PartSize), "is no size of a part: 5M to 1G");
        Check(settings.Find(Connections) is null || ConnectionsOf(settings) is not null, Connections, settings.Find(Connections), $"is no number of connections: 1 to {ConnectionsMax}");
        OwnAuthorities.Check(settings);
        if (OwnAuthorities.GivenIn(settings) is { } useless && settings.Find(Endpoint)?.StartsWith("http://", StringComparison.OrdinalIgnoreCase) == true)
        {
            throw Wrong($"The setting '{useless}' is for TLS, which an '{Endpoint}' that begins with http:// does not speak.");
        }

        foreach (var name in (string[])[StorageClass, EncryptionKey, CacheControl])
        {
            Check(settings.Find(name) is not { } value || value.All(character => character is >= ' ' and <= '~'), name, settings.Find(name), "holds characters that cannot be sent");
        }

        _ = MetadataOf(settings);
        _ = PrefixOf(settings);
        if (settings.Find(EncryptionKey) is not null && settings.Find(Encryption) is null or "AES256")
        {
            throw Wrong($"The setting '{EncryptionKey}' needs '{Encryption}' to be aws:kms.");
        }

        if (settings.Find(AccessKey) is null != settings.Find(SecretKey) is null)
        {
            throw Wrong($"The settings '{AccessKey}' and '{SecretKey}' belong together: give both, or none of them.");
        }

        if (IsTrue(settings, Anonymous) && (settings.Find(AccessKey) ?? settings.Find(Profile)) is not null)
        {
            throw Wrong($"The setting '{Anonymous}' signs nothing, so that keys and a profile are of no use beside it: give one or the other.");
        }
    }

    public override IEndpoint Open(EndpointSettings settings, EndpointContext context)
    {
        Check(settings);
        OwnAuthorities.RequireAllowed(settings, context);
        var isOwn = context.UsesOwnLogins;
        if (!isOwn && settings.Find(Profile) is not null)
        {
            throw Wrong($"The setting '{Profile}' names a login of this machine, which is not yours to use here: give the keys as '{AccessKey}' and '{SecretKey}'.");
        }

        if (!isOwn && settings.Find(AccessKey) is null && !IsTrue(settings, Anonymous))
        {
            throw Wrong($"Which keys? Give '{AccessKey}' and '{SecretKey}' (as ${{cred:NAME}}), or {Anonymous}=true for a bucket that everybody may use.");
        }

        var region = settings.Find(Region) ?? (isOwn ? S3OwnLogin.Region(settings.Find(Profile)) : null) ?? RegionDefault;
        var endpoint = settings.Find(Endpoint) ?? (isOwn ? S3OwnLogin.ServiceUrl() : null);
        var bucket = settings.Find(Bucket)!;
        var url = endpoint is null ? S3Service.UrlOfAws(region) : ServiceUrlOf(endpoint) ?? throw Wrong($"'{EndpointPath.Printable(endpoint)}' is no address of a service.");
        var service = new S3Service
        {
            ServiceUrl = url,
            Region = region,
            Bucket = bucket,
            Authorities = OwnAuthorities.Read(settings),

            // A certificate for *.s3.amazonaws.com does not hold for names with a further dot.
            IsPathStyle = settings.Find(PathStyle) is { } style ? style == "true" : endpoint is not null || bucket.Contains('.'),
        };
        return new S3Endpoint(
            EndpointPath.Printable(Format(settings)),
            PrefixOf(settings),
            service,
            LoginOf(settings, context),
            ChoicesOf(settings),
            context);
    }

    private static S3Login LoginOf(EndpointSettings settings, EndpointContext context)
    {
        if (IsTrue(settings, Anonymous))
        {
            return new S3Login("", _ => ValueTask.FromResult<AwsKeys?>(null));
        }

        if (settings.Find(AccessKey) is { } accessKey)
        {
            return new S3Login("key " + accessKey, token => KeysAsync(settings, accessKey, context, token));
        }

        if (settings.Find(Profile) is null && S3OwnLogin.OfEnvironment() is { } own)
        {
            return new S3Login("key " + own.AccessKey, _ => ValueTask.FromResult<AwsKeys?>(own));
        }

        return LoginOfProfile(settings.Find(Profile), context);
    }

    /// <summary>By itself: only here the SDK is needed.</summary>
    private static S3Login LoginOfProfile(string? profile, EndpointContext context) =>
        new(
            "profile " + profile,
            _ => ValueTask.FromResult(S3OwnLogin.OfProfile(profile) ?? throw Wrong(
                $"There are no keys to sign in with: give '{AccessKey}' and '{SecretKey}', set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, choose a '{Profile}', "
                + $"or say {Anonymous}=true for a bucket that everybody may use.")),
            context.Clock);

    private static async ValueTask<AwsKeys?> KeysAsync(EndpointSettings settings, string accessKey, EndpointContext context, CancellationToken cancellationToken)
    {
        var id = SecretRef.Parse(accessKey) is null ? accessKey : (await SecretAsync(settings, AccessKey, context, cancellationToken).ConfigureAwait(false))!.Reveal();
        var secret = await SecretAsync(settings, SecretKey, context, cancellationToken).ConfigureAwait(false);
        var token = await SecretAsync(settings, SessionToken, context, cancellationToken).ConfigureAwait(false);
        return new AwsKeys(id.Trim(), secret!.Reveal().Trim(), token?.Reveal().Trim());
    }

    private static async ValueTask<Secret?> SecretAsync(EndpointSettings settings, string name, EndpointContext context, CancellationToken cancellationToken)
    {
        if (settings.Find(name) is not { Length: > 0 } value)
        {
            return null;
        }

        var reference = SecretRef.Parse(value) ?? throw Wrong($"The setting '{name}' is a secret and is given as a reference: ${{cred:NAME}}.");
        return await context.Secrets.FindAsync(reference.Name, cancellationToken).ConfigureAwait(false)
            ?? throw Wrong($"There is no secret '{reference.Name}' for the setting '{name}'. Looked for in: {context.Secrets.Places}.");
    }

    private static S3Choices ChoicesOf(EndpointSettings settings) => new()
    {
        StorageClass = settings.Find(StorageClass),
        Encryption = settings.Find(Encryption),
        EncryptionKey = settings.Find(EncryptionKey),
        Acl = settings.Find(Acl),
        CacheControl = settings.Find(CacheControl),
        Metadata = MetadataOf(settings),
        PartBytes = PartBytesOf(settings) ?? S3Parts.BytesDefault,
        Connections = ConnectionsOf(settings) ?? new S3Choices().Connections,
    };

    private static Dictionary<string, string> MetadataOf(EndpointSettings settings)
    {
        Dictionary<string, string> metadata = new(StringComparer.Ordinal);
        foreach (var part in (settings.Find(Metadata) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=');
            if (equals < 1)
            {
                throw Wrong($"The setting '{Metadata}' is written 'name=value, name=value'; '{EndpointPath.Printable(part)}' is not.");
            }

            metadata[S3Metadata.CheckedName(part[..equals].Trim())] = part[(equals + 1)..].Trim();
        }

        return metadata;
    }

    /// <summary>Without '/' at either end.</summary>
    private static string PrefixOf(EndpointSettings settings)
    {
        var prefix = (settings.Find(Folder) ?? "").Trim('/');
        prefix = prefix == "." ? "" : prefix.StartsWith("./", StringComparison.Ordinal) ? prefix[2..].TrimStart('/') : prefix;
        try
        {
            EndpointPath.Check(prefix);
            _ = new S3Keys(prefix).Of("");
            return prefix;
        }
        catch (EndpointException exception)
        {
            throw Wrong($"The setting '{Folder}' is no prefix: {exception.Message}");
        }
    }

    private static int? PartBytesOf(EndpointSettings settings) =>
        settings.Find(PartSize) is { } text && ByteSize.TryParse(text, out var bytes) && bytes is >= S3Parts.BytesMin and <= S3Parts.BytesMax ? (int)bytes : null;

    private static int? ConnectionsOf(EndpointSettings settings) =>
        int.TryParse(settings.Find(Connections), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and <= ConnectionsMax ? count : null;

    private static bool IsTrue(EndpointSettings settings, string name) => settings.Find(name) == "true";

    private static Uri UriOf(EndpointSettings settings, string region) =>
        new((settings.Find(Endpoint) is { } endpoint ? ServiceUrlOf(endpoint) : null) ?? S3Service.UrlOfAws(region));

    /// <summary>Null when it is no address of a service. Without a scheme it is https.</summary>
    private static string? ServiceUrlOf(string endpoint)
    {
        var text = endpoint.Contains("://", StringComparison.Ordinal) ? endpoint : "https://" + endpoint;
        return Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && uri.Scheme is "http" or "https" && uri is { UserInfo: "", Query: "", Fragment: "", Host.Length: > 0 }
            ? $"{uri.Scheme}://{uri.Authority}{uri.AbsolutePath.TrimEnd('/')}"
            : null;
    }

    /// <summary>Only what would end the value, or would be read as an escape.</summary>
    private static string EscapeValue(string value) =>
        value.Replace("%", "%25", StringComparison.Ordinal).Replace("&", "%26", StringComparison.Ordinal).Replace("?", "%3F", StringComparison.Ordinal);

    private static void Check(bool isGood, string name, string? value, string complaint)
    {
        if (!isGood)
        {
            throw Wrong(value is null ? $"The setting '{name}' is missing." : $"The setting '{name}' has the value '{EndpointPath.Printable(value)}', which {complaint}.");
        }
    }

    private static EndpointException Wrong(string message) => new(EndpointError.BadSetting, message);

    private const string RegionDefault = "us-east-1";

    /// <summary>Older buckets of us-east-1, and those of other services, may have upper-case letters, '_' and 255 characters.</summary>
    private static bool IsBucket(string name) =>
        name.Length is >= 3 and <= 255
        && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-')
        && char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1]);

    private static bool IsRegion(string name) =>
        name.Length is > 0 and <= 63 && name.All(character => char.IsAsciiLetterOrDigit(character) || character == '-') && name[0] != '-';
}
