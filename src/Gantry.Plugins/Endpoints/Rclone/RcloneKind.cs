using Gantry.Engine.Endpoints;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Endpoints.Rclone;

/// <summary>Folders behind any of rclone's other systems, by the remotes of an rclone.conf.</summary>
public sealed class RcloneKind : EndpointKind
{
    private const string Prefix = "rclone:";
    private const string Remote = "remote";
    private const string Folder = NamedAddress.PathSetting;

    public override string Id => "rclone";

    public override string Title => "rclone remote";

    public override string Help =>
        "A folder behind a remote of rclone.conf: the systems that rclone knows and Gantry has no kind of its own for, such as Google Drive, OneDrive, WebDAV, Azure or Backblaze.";

    public override IReadOnlyList<string> AddressForms => ["rclone:remote:path"];

    public override IReadOnlyList<Setting> Settings => field ??=
    [
        new() { Name = Remote, IsRequired = true, Help = "The remote's name in rclone.conf, without a colon; on the command line also ':backend,option=value'." },
        new() { Name = Folder, Help = "The folder, as the remote's system counts it; its top when none is said." },
        RcloneTimeout.Setting,
        new() { Name = OwnAuthorities.PemFile, Help = "On the command line: the path of a file with the certificates, as PEM, of those who are trusted to vouch for servers, in place of those this machine trusts." },
    ];

    public override EndpointSettings? Parse(string address)
    {
        if (!address.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var parts = RcloneAddress.Split(address[Prefix.Length..]) ?? throw new EndpointException(
            EndpointError.BadSetting, $"This is not an address of a remote of rclone; it is written {AddressForms[0]}, with a colon behind the remote's name.");
        var values = new Dictionary<string, string>(StringComparer.Ordinal) { [Remote] = parts.Remote };
        if (parts.Path.Length > 0)
        {
            values[Folder] = parts.Path;
        }

        var settings = new EndpointSettings { Kind = Id, Values = values };
        Check(settings);
        return settings;
    }

    public override string Format(EndpointSettings settings) => $"{Prefix}{settings.Find(Remote)}:{FolderOf(settings)}";

    public override void Check(EndpointSettings settings)
    {
        var remote = settings.Find(Remote);
        if (string.IsNullOrEmpty(remote))
        {
            throw new EndpointException(EndpointError.BadSetting, "The setting 'remote' is missing: it names a remote of rclone.conf.");
        }

        var address = RcloneAddress.Split(remote + ":");
        if (address is null || address.Path.Length > 0)
        {
            throw new EndpointException(EndpointError.BadSetting, $"The setting 'remote' has the value '{EndpointPath.Printable(remote)}', which is no name of a remote.");
        }

        if (address.SecretOption() is { } option)
        {
            throw new EndpointException(
                EndpointError.BadSetting, $"The option '{option}' does not belong into an address, where logs and histories keep it: make a remote with 'rclone config' and name that.");
        }

        RcloneTimeout.Check(settings);
        OwnAuthorities.Check(settings);
        if (FolderOf(settings).Contains('\0', StringComparison.Ordinal))
        {
            throw new EndpointException(EndpointError.BadSetting, "The setting 'path' holds a NUL.");
        }
    }

    public override IEndpoint Open(EndpointSettings settings, EndpointContext context)
    {
        Check(settings);
        if (context.RcloneConfigFile is not "")
        {
            RcloneBounds.Check(settings.Find(Remote)!, FolderOf(settings), context);
        }

        OwnAuthorities.RequireAllowed(settings, context);

        var remote = new RcloneRemote
        {
            Address = EndpointPath.Printable(Format(settings).TrimEnd('/')),
            Remote = settings.Find(Remote) + ":",
            Path = FolderOf(settings),
            ConfigFile = context.RcloneConfigFile,
            IsForUser = context.RcloneConfigFile is "",
            Timeout = RcloneTimeout.Of(settings),
            AuthoritiesFile = settings.Find(OwnAuthorities.PemFile),
        };
        return new RcloneEndpoint(remote.Address, new RcloneNames(reservesDevices: false), token => DescribeAsync(remote, context, token), context.Clock, context.Notice);
    }

    private static async ValueTask<RcloneRemote> DescribeAsync(RcloneRemote remote, EndpointContext context, CancellationToken cancellationToken)
    {
        if (context.RcloneConfigFile is not "" && context.LocalRoots is not null)
        {
            await RcloneBounds.RequireElsewhereAsync(remote, cancellationToken).ConfigureAwait(false);
        }

        return remote;
    }

    /// <summary>Without a '/' at its end. A leading one counts: to some systems it is their top, and without it their login's home.</summary>
    private static string FolderOf(EndpointSettings settings)
    {
        var folder = settings.Find(Folder) ?? "";
        folder = folder.StartsWith("./", StringComparison.Ordinal) ? folder[2..] : folder is "." ? "" : folder;
        var trimmed = folder.TrimEnd('/');
        return trimmed.Length == 0 && folder.Length > 0 ? "/" : trimmed;
    }
}
