using System.Globalization;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Secrets;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>Signs in to an SSH server as the endpoint does, with what the attempt gives and nothing else.</summary>
public sealed class SftpLogin : LoginProbe
{
    private const string PasswordName = "PASSWORD";
    private const string KeyName = "KEY";

    public override string Id => "sftp";

    protected override async Task TryAsync(LoginAttempt attempt, CancellationToken cancellationToken)
    {
        Dictionary<string, string> values = new(StringComparer.Ordinal) { ["host"] = attempt.Host, ["user"] = attempt.User };
        if (attempt.Port is { } port)
        {
            values["port"] = port.ToString(CultureInfo.InvariantCulture);
        }

        if (attempt.Password is not null)
        {
            values["password"] = $"${{cred:{PasswordName}}}";
        }

        if (attempt.Key is not null)
        {
            values["key"] = $"${{cred:{KeyName}}}";
        }

        using CancellationTokenSource limit = new(attempt.Limit, attempt.Context.Clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await using var endpoint = new SftpKind().Open(new() { Kind = "sftp", Values = values }, attempt.Context with { Secrets = new AttemptSecrets(attempt) });
            await endpoint.FindAsync("", stop.Token);
            attempt.Pass("connect");
            attempt.Pass("login");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EndpointException(
                EndpointError.TimedOut, $"{EndpointPath.Printable(attempt.Host)} did not answer within {Engine.Settings.Duration.Format(attempt.Limit)}.", isTransient: true);
        }
    }

    private sealed class AttemptSecrets(LoginAttempt attempt) : ISecretResolver
    {
        public string Places => "the login that is tried";

        public ValueTask<Secret?> FindAsync(string name, CancellationToken cancellationToken) =>
            ValueTask.FromResult(name == PasswordName ? attempt.Password : name == KeyName ? attempt.Key : null);
    }
}
