using System.Globalization;
using System.Net;
using Gantry.Engine.Secrets;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Endpoints;

/// <summary>
/// A kind of endpoint, which describes itself: the command line's help, the API's schema and the forms are made from this description.
/// </summary>
public abstract class EndpointKind
{
    /// <summary>Lower-case, as in the map: "local", "sftp".</summary>
    public abstract string Id { get; }

    public abstract string Title { get; }

    /// <summary>One sentence: what it is for and by what it is reached.</summary>
    public abstract string Help { get; }

    /// <summary>The address forms it understands, for help texts: "sftp://user@host:22/path".</summary>
    public abstract IReadOnlyList<string> AddressForms { get; }

    public abstract IReadOnlyList<Setting> Settings { get; }

    /// <summary>The server that the settings' secrets go to; null and null for kinds without one.</summary>
    public virtual (string? Host, int? Port) ServerOf(EndpointSettings settings) => (
        settings.Find("host"),
        int.TryParse(settings.Find("port"), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : DefaultPort);

    /// <summary>The port when the setting 'port' says none; null for kinds without ports.</summary>
    public virtual int? DefaultPort => null;

    /// <summary>
    /// Settings out of an address such as "sftp://user@host/path"; null when the address is not of this kind. A malformed address of this
    /// kind fails with BadSetting. A password inside an address is refused: it is given as a setting.
    /// </summary>
    public abstract EndpointSettings? Parse(string address);

    /// <summary>The address of these settings without secrets, such that <see cref="Parse"/> understands it.</summary>
    public abstract string Format(EndpointSettings settings);

    /// <summary>Fails with BadSetting when values do not fit in a way that their descriptions cannot tell, such as a host that is no host's name.</summary>
    public virtual void Check(EndpointSettings settings)
    {
    }

    /// <summary>
    /// Opens it. May return before a connection stands: the first call then waits for it and fails as it fails.
    /// </summary>
    public abstract IEndpoint Open(EndpointSettings settings, EndpointContext context);

    /// <summary>
    /// Somebody is about to open this, and does not know it yet: a program that lives for a second begins to connect before it has understood its command line.
    /// What goes wrong is told by <see cref="Open"/> alone. Only the user's own settings without secrets are given.
    /// </summary>
    public virtual void Expect(EndpointSettings settings, EndpointContext context)
    {
    }

    /// <summary>
    /// An endpoint with nothing behind it that takes every file, for running in while a real one is still connecting; null for kinds
    /// that need no time to connect.
    /// </summary>
    public virtual IEndpoint? OpenRehearsal() => null;
}

/// <summary>A kind's id and the values of its settings, as text. Values of secret settings are references: ${cred:NAME}.</summary>
public sealed record EndpointSettings
{
    public required string Kind { get; init; }

    public required IReadOnlyDictionary<string, string> Values { get; init; }

    public string? Find(string name) => Values.GetValueOrDefault(name);

    public EndpointSettings With(string name, string value) =>
        this with { Values = new Dictionary<string, string>(Values, StringComparer.Ordinal) { [name] = value } };
}

/// <summary>What an endpoint may use and where it may go, given by whoever opens it.</summary>
public sealed record EndpointContext
{
    public required ISecretResolver Secrets { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Folders under which local paths must lie; null means everywhere (the command line, where the user is the user).</summary>
    public IReadOnlyList<string>? LocalRoots { get; init; }

    /// <summary>
    /// The ssh_config that `ssh` reads. On the command line the user's own ("" lets ssh find it); null means none at all: an ssh_config
    /// can start programs, so the hub gives only its administrator's.
    /// </summary>
    public string? SshConfigFile { get; init; } = "";

    /// <summary>
    /// The rclone.conf whose remotes may be named. On the command line the user's own ("" lets rclone find it); null means none at all:
    /// a remote can be a folder of this machine or start programs, so the hub gives only its administrator's.
    /// </summary>
    public string? RcloneConfigFile { get; init; } = "";

    /// <summary>
    /// Chooses, of the addresses behind a host, the one to dial at a port: exactly that one. It fails with <see cref="EndpointException"/> when none may be
    /// reached. Null lets every address be dialled: on the command line, and for what an administrator saved.
    /// </summary>
    public Func<string, int, CancellationToken, ValueTask<IPAddress>>? AddressOf { get; init; }

    /// <summary>
    /// Whether what this process itself could sign in with may be used: environment variables, profiles of its user. True on the command line only, where
    /// the user is the user: on a hub that would be somebody else's.
    /// </summary>
    public bool UsesOwnLogins { get; init; }

    /// <summary>Hears, once for each endpoint, what its server cannot do and what is done instead. May be called from any thread.</summary>
    public Action<string> Notice { get; init; } = _ => { };

    /// <summary>The known_hosts file instead of the user's own; null leaves it to ssh.</summary>
    public string? KnownHostsFile { get; init; }
}
