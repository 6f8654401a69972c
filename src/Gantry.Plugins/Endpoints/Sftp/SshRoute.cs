using System.Diagnostics;
using System.Globalization;
using System.Net;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>
/// Where an ssh_config leads, for those who may not reach everything: the host and port behind a name of it. A jump host or a proxy in it is the way that whoever wrote
/// the file chose, and is left alone.
/// </summary>
/// <param name="KnownAs">The HostKeyAlias of the file; null when it has none.</param>
/// <param name="IsIndirect">By a jump host or a proxy.</param>
internal sealed record SshRoute(string Host, int Port, string? KnownAs, bool IsIndirect)
{
    private static readonly string[] variablesKept = ["HOME", "PATH", "LANG"];
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(10);

    /// <summary>The address to dial, and the name that its key is known by; null when any may be dialled, or another machine dials.</summary>
    public static ValueTask<(IPAddress Address, string KnownAs)?> ChooseAsync(string host, int? port, EndpointContext context, CancellationToken cancellationToken) =>
        context.AddressOf is { } choose ? ChooseAsync(choose, host, port, context, cancellationToken) : default;

    private static async ValueTask<(IPAddress Address, string KnownAs)?> ChooseAsync(
        Func<string, int, CancellationToken, ValueTask<IPAddress>> choose, string host, int? port, EndpointContext context, CancellationToken cancellationToken)
    {
        var route = string.IsNullOrEmpty(context.SshConfigFile) ? new SshRoute(host, port ?? 22, KnownAs: null, IsIndirect: false)
            : await FindAsync(host, port, context, cancellationToken).ConfigureAwait(false);
        if (route.IsIndirect)
        {
            return null;
        }

        var name = route.Host.ToLowerInvariant();
        return (await choose(route.Host, route.Port, cancellationToken).ConfigureAwait(false), route.KnownAs ?? (route.Port == 22 ? name : $"[{name}]:{route.Port}"));
    }

    /// <summary>What ssh itself makes of the file.</summary>
    private static async Task<SshRoute> FindAsync(string host, int? port, EndpointContext context, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(SshPrograms.Ssh(Environment.GetEnvironmentVariable("PATH"))) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["-F", context.SshConfigFile!, "-G", "--", host])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var variable in start.Environment.Keys.Except(variablesKept, StringComparer.Ordinal).ToList())
        {
            start.Environment.Remove(variable);
        }

        using var limit = new CancellationTokenSource(patience, context.Clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        using var ssh = Process.Start(start)!;
        try
        {
            _ = ssh.StandardError.ReadToEndAsync(stop.Token);
            var lines = (await ssh.StandardOutput.ReadToEndAsync(stop.Token).ConfigureAwait(false)).Split('\n');
            await ssh.WaitForExitAsync(stop.Token).ConfigureAwait(false);
            return ssh.ExitCode == 0 && Find(lines, "hostname") is { } name
                ? new SshRoute(name, port ?? PortIn(lines), Find(lines, "hostkeyalias"), Find(lines, "proxyjump") is not null || Find(lines, "proxycommand") is not null)
                : throw new EndpointException(EndpointError.BadSetting, $"The ssh_config '{context.SshConfigFile}' does not say where '{EndpointPath.Printable(host)}' is.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EndpointException(EndpointError.TimedOut, $"ssh did not read '{context.SshConfigFile}' within {patience.TotalSeconds:0} s.", isTransient: true);
        }
        finally
        {
            if (!ssh.HasExited)
            {
                ssh.Kill();
            }
        }
    }

    private static int PortIn(string[] lines) => int.TryParse(Find(lines, "port"), NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : 22;

    /// <summary>Null when the option is not set, or is "none".</summary>
    private static string? Find(string[] lines, string option) =>
        lines.FirstOrDefault(line => line.StartsWith(option + " ", StringComparison.Ordinal))?[(option.Length + 1)..].Trim() is { Length: > 0 } value && value != "none" ? value : null;
}
