using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>Reads the key of a server that is not known yet, and pins it.</summary>
public sealed partial class SftpKind : IPinsHostKeys
{
    private static readonly TimeSpan hostKeyPatience = TimeSpan.FromSeconds(30);
    private static readonly string[] notForReading = [Password, Key, KeyFile, KeyPassphrase, HostKey];

    public string HostKeySetting => HostKey;

    public async Task<HostKey> ReadHostKeyAsync(EndpointSettings settings, EndpointContext context, CancellationToken cancellationToken)
    {
        Check(settings);
        using var learned = MemoryFile.OfNothing();
        var anonymous = settings with
        {
            Values = settings.Values.Where(pair => !notForReading.Contains(pair.Key)).ToDictionary(StringComparer.Ordinal),
        };
        var login = await LoginAsync(anonymous, context, cancellationToken).ConfigureAwait(false);
        await using var ssh = SshProcess.Start(
            login with { LearnsHostKey = true, UsesOwnKeys = false, KnownHostsFile = learned.Path }, context.Clock);

        // A server that lets anybody in hears that there is nothing to do.
        ssh.Output.Dispose();
        using var patience = new CancellationTokenSource(hostKeyPatience, context.Clock);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        await using (ending.Token.Register(ssh.Abort))
        {
            await Task.Run(() => ReadToEnd(ssh.Input), CancellationToken.None).ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return Find(learned.ReadText()) ?? throw await ssh.ExplainAsync(
            new EndpointException(EndpointError.Disconnected, $"{Server(settings)} showed no host key.", isTransient: true)).ConfigureAwait(false);
    }

    private static HostKey? Find(string knownHosts) => knownHosts.Split('\n')
        .Select(line => line.Split(' ', 2))
        .Where(parts => parts.Length == 2)
        .Select(parts => PinOf(parts[1]))
        .OfType<string>()
        .Select(line => new HostKey(line))
        .FirstOrDefault();

    private static void ReadToEnd(Stream stream)
    {
        try
        {
            while (stream.ReadByte() >= 0)
            {
            }
        }
        catch (Exception ended) when (ended is IOException or ObjectDisposedException)
        {
            // Aborted: what was learned until then is all there is.
        }
    }
}
