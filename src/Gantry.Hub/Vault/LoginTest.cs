using System.Net;
using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Secrets;
using Gantry.Hub.Accounts;
using Gantry.Hub.Audit;
using Gantry.Hub.Database;
using Gantry.Hub.Web;

namespace Gantry.Hub.Vault;

/// <summary>
/// Signs in to a server with a credential, and says what happened. The rest of what it takes, unless it is given, is in the credentials beside it: to
/// SHOP_FTP_PASSWORD belong SHOP_FTP_HOST, SHOP_FTP_PORT and SHOP_FTP_USERNAME. The rules for requests out hold here as well.
/// </summary>
internal sealed class LoginTest(HubDatabase database, SecretsOf secretsOf, IReadOnlyList<LoginProbe> probes, VaultBounds bounds, WorkspaceEgress egress, TimeProvider clock)
{
    private static readonly string[] SecretTypes = ["PASSWORD", "KEY"];

    public async Task<LoginTestResult> RunAsync(string name, LoginTestRequest request, Caller caller, HttpContext context, CancellationToken cancellationToken)
    {
        if (request.Port is < 1 or > 65535) throw ProblemException.Invalid("The field 'port' must be a number from 1 to 65535.");
        name = CredentialNames.Checked(CredentialRoutes.NameOf(name));
        var (prefix, kind, type) = PartsOf(name, request.Kind);
        var secrets = secretsOf(caller.Actor);
        using var wiping = secrets as IDisposable;
        var found = await secrets.FindAllAsync([name, .. prefix is null ? [] : (string[])[$"{prefix}_HOST", $"{prefix}_PORT", $"{prefix}_USERNAME", $"{prefix}_USER"]], cancellationToken);
        var secret = found.GetValueOrDefault(name) ?? throw ProblemException.NotFound($"There is no credential '{name}' that you may use.");
        var attempt = new LoginAttempt
        {
            Host = HostOf(request.Host ?? Beside("HOST") ?? throw ProblemException.Invalid($"Which server? Give 'host', or store {prefix ?? "WEBSITE_FTP"}_HOST.")),
            Port = request.Port ?? PortOf(Beside("PORT")),
            User = request.User ?? Beside("USERNAME") ?? Beside("USER") ?? throw ProblemException.Invalid($"Which login? Give 'user', or store {prefix ?? "WEBSITE_FTP"}_USERNAME."),
            Password = type == "KEY" ? null : secret,
            Key = type == "KEY" ? secret : null,
            Tls = request.Tls,
            Context = new EndpointContext
            {
                Secrets = secrets,
                Clock = clock,
                LocalRoots = [],
                AddressOf = egress.ForEndpoints(caller.Actor),
                SshConfigFile = bounds.SshConfigFile,
                KnownHostsFile = bounds.KnownHostsFile,
            },
        };
        var result = await TryAsync(name, kind, attempt, secret, cancellationToken);
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        await AuditLog.AppendAsync(session, context, "credential.tested", name, new { kind, attempt.Host, result.Port, attempt.User, result.Ok }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return result;

        string? Beside(string other) => prefix is null ? null : found.GetValueOrDefault($"{prefix}_{other}")?.Reveal();
    }

    private async Task<LoginTestResult> TryAsync(string name, string kind, LoginAttempt attempt, Secret secret, CancellationToken cancellationToken)
    {
        var port = attempt.Port ?? (kind == "sftp" ? 22 : attempt.Tls == LoginTls.Implicit ? 990 : 21);
        if (!AllowedHosts.Allow(secret.AllowedHosts, attempt.Host, port))
            throw new ProblemException(StatusCodes.Status422UnprocessableEntity, $"The credential '{name}' is only sent to {string.Join(", ", secret.AllowedHosts)}, not to '{attempt.Host}:{port}'.");
        EndpointException? failure = null;
        try
        {
            await probes.First(probe => probe.Id == kind).SignInAsync(attempt, cancellationToken);
        }
        catch (EndpointException failed)
        {
            failure = failed;
        }

        return new LoginTestResult(failure is null, kind, attempt.Host, port, attempt.User, attempt.Passed,
            failure is null ? null : JsonNamingPolicy.SnakeCaseLower.ConvertName(failure.Error.ToString()), failure?.Message);
    }

    /// <summary>"SHOP_FTP", "ftp" and "PASSWORD" of "SHOP_FTP_PASSWORD"; without such an ending no prefix, and the kind that was asked for.</summary>
    private (string? Prefix, string Kind, string Type) PartsOf(string name, string? asked)
    {
        if (asked is not null && probes.All(probe => probe.Id != asked))
            throw ProblemException.Invalid($"The field 'kind' is one of {string.Join(", ", probes.Select(probe => probe.Id))}.");
        foreach (var probe in probes.OrderByDescending(probe => probe.Id.Length))
        {
            foreach (var type in SecretTypes)
            {
                if (name.EndsWith($"_{probe.Id.ToUpperInvariant()}_{type}", StringComparison.OrdinalIgnoreCase) && (asked is null || asked == probe.Id))
                    return (name[..^(type.Length + 1)], probe.Id, type);
            }
        }

        return (null, asked ?? throw ProblemException.Invalid($"What is '{name}' for? Give 'kind': {string.Join(" or ", probes.Select(probe => probe.Id))}."), "PASSWORD");
    }

    private static string HostOf(string host) =>
        host.Trim('[', ']') is var plain && (IPAddress.TryParse(plain, out _) || (AllowedHosts.Normalise(plain) is { } name && !name.Contains('*') && !name.Contains(':'))) && plain[0] != '-'
            ? plain
            : throw ProblemException.Invalid("The field 'host' is no name or address of a server.");

    private static int? PortOf(string? text) => text is null ? null
        : int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536 ? port
        : throw ProblemException.Invalid("The stored port is none.");
}

/// <summary>Where to sign in; what is not given is looked for in the credentials beside the one that is tested.</summary>
internal sealed record LoginTestRequest
{
    public string? Host { get; init; }

    public int? Port { get; init; }

    /// <summary>ftp or sftp; else what the credential's name ends with.</summary>
    public string? Kind { get; init; }

    public string? User { get; init; }

    /// <summary>For FTP: "explicit" if not given, "implicit", or "none", by which the password goes out in plain text.</summary>
    public LoginTls Tls { get; init; }
}

/// <summary>What signing in found.</summary>
/// <param name="Passed">The phases that went well: connect, tls, login.</param>
/// <param name="Reason">Such as "login_refused" or "timed_out"; null when all went well.</param>
/// <param name="Detail">Why, and what to do next.</param>
internal sealed record LoginTestResult(
    bool Ok, string Kind, string Host, int Port, string User, IReadOnlyList<string> Passed, string? Reason, string? Detail);
