using System.Security.Cryptography;

namespace Gantry.Engine.Endpoints;

/// <summary>The key by which a server proves who it is.</summary>
/// <param name="Line">Type and key as in known_hosts, without the server's name: "ssh-ed25519 AAAA…".</param>
public sealed record HostKey(string Line)
{
    public string Type => Line.Split(' ')[0];

    /// <summary>What people compare: "SHA256:…", as ssh prints it.</summary>
    public string Fingerprint => "SHA256:" + Convert.ToBase64String(SHA256.HashData(Convert.FromBase64String(Line.Split(' ')[1]))).TrimEnd('=');
}

/// <summary>A kind whose servers show a key that can be pinned in an endpoint's settings.</summary>
public interface IPinsHostKeys
{
    /// <summary>The setting that, given a <see cref="HostKey.Line"/>, makes this key the only one that is accepted.</summary>
    string HostKeySetting { get; }

    /// <summary>
    /// The key that the server shows, read without logging in. It is not trusted by that: a person compares the fingerprint first.
    /// A server that is not reached fails with an <see cref="EndpointException"/>.
    /// </summary>
    Task<HostKey> ReadHostKeyAsync(EndpointSettings settings, EndpointContext context, CancellationToken cancellationToken);
}
