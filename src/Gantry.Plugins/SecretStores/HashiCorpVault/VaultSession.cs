using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gantry.Engine.Secrets;

namespace Gantry.Plugins.SecretStores.HashiCorpVault;

/// <summary>A token for the vault, got, renewed and, where there is a login for it, got anew; and what its refusals mean.</summary>
internal sealed class VaultSession(VaultSettings settings, VaultHttp http, SecretStoreContext context) : IDisposable
{
    private readonly SemaphoreSlim gate = new(1);
    private Held? held;

    /// <summary>An answer of 2xx, or 404, which may mean that there is nothing; everything else fails with what it means.</summary>
    public async Task<VaultAnswer> AskAsync(string method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        var token = await TokenAsync(refused: null, cancellationToken);
        var answer = await http.SendAsync(method, path, body?.DeepClone().AsObject(), token.Value, cancellationToken);
        if (answer.Status == HttpStatusCode.Forbidden && CanSignInAgain)
        {
            token = await TokenAsync(refused: token, cancellationToken);
            answer = await http.SendAsync(method, path, body, token.Value, cancellationToken);
        }

        return answer.IsSuccess || answer.Status == HttpStatusCode.NotFound ? answer : throw Refusal(answer, $"{method} {path}", token);
    }

    public void Dispose()
    {
        held?.Value.Dispose();
        gate.Dispose();
        http.Dispose();
    }

    private bool CanSignInAgain => settings.AuthKind != VaultSettings.Token || settings.TokenFilePath is not null;

    /// <param name="refused">The token that was refused, unless somebody else has got another one meanwhile.</param>
    private async Task<Held> TokenAsync(Held? refused, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            if (held is null || held == refused || held.IsOver(context.Clock))
            {
                held = settings.AuthKind == VaultSettings.Token ? await ReadTokenAsync(cancellationToken) : await SignInAsync(cancellationToken);
            }
            else if (held.IsDue(context.Clock))
            {
                held = await RenewAsync(held, cancellationToken);
            }

            return held;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>How long it lives is asked for, so that it can be renewed in time; a token that may not ask is used as it is.</summary>
    private async Task<Held> ReadTokenAsync(CancellationToken cancellationToken)
    {
        var text = settings.TokenFilePath is { } file ? ReadFile(file) : context.ReadVariable(settings.TokenVariableName)?.Trim();
        if (string.IsNullOrEmpty(text) || text.Any(char.IsControl) || !text.All(char.IsAscii))
        {
            throw new SecretStoreException(SecretStoreError.BadSetting, settings.TokenFilePath is { } path
                ? $"The file '{path}' holds no token for {settings.Place}."
                : $"There is no token for {settings.Place}: set the variable {settings.TokenVariableName}.");
        }

        Secret token = new(text);
        var answer = await http.SendAsync("GET", "auth/token/lookup-self", body: null, token, cancellationToken);
        if (!answer.IsSuccess)
        {
            return answer.Status == HttpStatusCode.Forbidden ? new(token, Lease: null, IsRenewable: false, context.Clock) : throw Refusal(answer, "GET auth/token/lookup-self", new(token, null, false, context.Clock));
        }

        return new(token, LeaseOf(answer.Find("data", "ttl")), answer.Find("data", "renewable").ValueKind == JsonValueKind.True, context.Clock) { IsKnown = true };
    }

    private async Task<Held> SignInAsync(CancellationToken cancellationToken)
    {
        var path = $"auth/{VaultPath.Escape(settings.AuthMountPath)}/login";
        var answer = await http.SendAsync("POST", path, settings.AuthKind == VaultSettings.AppRole ? AppRole() : Kubernetes(), token: null, cancellationToken);
        if (!answer.IsSuccess)
        {
            throw answer.Status is HttpStatusCode.BadRequest or HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized or HttpStatusCode.NotFound
                ? new SecretStoreException(SecretStoreError.Denied, $"{Capital(settings.Place)} refused the login by {settings.AuthKind}{Said(answer)}.")
                : Refusal(answer, $"POST {path}", token: null);
        }

        return answer.Find("auth", "client_token") is { ValueKind: JsonValueKind.String } token
            ? new(new Secret(token.GetString()!), LeaseOf(answer.Find("auth", "lease_duration")), answer.Find("auth", "renewable").ValueKind == JsonValueKind.True, context.Clock) { IsKnown = true }
            : throw new SecretStoreException(SecretStoreError.Unavailable, $"{Capital(settings.Place)} answered the login by {settings.AuthKind} without a token.");
    }

    private JsonObject AppRole()
    {
        var secretId = settings.SecretIdFilePath is { } file ? ReadFile(file) : context.ReadVariable(settings.SecretIdVariableName)?.Trim();
        JsonObject login = new() { ["role_id"] = settings.RoleIdText };
        if (!string.IsNullOrEmpty(secretId))
        {
            // A role may be bound to addresses instead, and then has none.
            login["secret_id"] = secretId;
        }

        return login;
    }

    private JsonObject Kubernetes() => new() { ["role"] = settings.RoleName, ["jwt"] = ReadFile(settings.JwtFilePath!) };

    /// <summary>A token that cannot be renewed is used to its end.</summary>
    private async Task<Held> RenewAsync(Held due, CancellationToken cancellationToken)
    {
        var answer = await http.SendAsync("POST", "auth/token/renew-self", [], due.Value, cancellationToken);
        return answer.IsSuccess
            ? new(due.Value, LeaseOf(answer.Find("auth", "lease_duration")), answer.Find("auth", "renewable").ValueKind == JsonValueKind.True, context.Clock) { IsKnown = true }
            : due with { IsRenewable = false };
    }

    private SecretStoreException Refusal(VaultAnswer answer, string what, Held? token) => answer.Status switch
    {
        HttpStatusCode.ServiceUnavailable when answer.Errors.Contains("sealed", StringComparison.OrdinalIgnoreCase) || answer.Errors.Length == 0 =>
            new(SecretStoreError.Sealed, $"{Capital(settings.Place)} is sealed: somebody has to unseal it before it gives anything out.", isTransient: true),
        HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized when token is { IsKnown: true } && !token.IsOver(context.Clock) =>
            new(SecretStoreError.Denied, $"{Capital(settings.Place)} does not allow this: its policies give the token no right to {what}{Said(answer)}."),
        HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized =>
            new(SecretStoreError.Denied, $"{Capital(settings.Place)} refused the token{(settings.AuthKind == VaultSettings.Token ? $" of {settings.TokenFilePath ?? settings.TokenVariableName}" : "")}: it has expired, was revoked, or is none of this vault's{Said(answer)}. Get a new one."),
        HttpStatusCode.BadRequest when answer.Errors.Contains("check-and-set", StringComparison.OrdinalIgnoreCase) =>
            new(SecretStoreError.Conflict, $"Somebody else changed it in {settings.Place} meanwhile{Said(answer)}."),
        HttpStatusCode.TooManyRequests or HttpStatusCode.PreconditionFailed or (HttpStatusCode)472 or (HttpStatusCode)473 or >= HttpStatusCode.InternalServerError =>
            new(SecretStoreError.Unavailable, $"{Capital(settings.Place)} cannot do it now: it answered {(int)answer.Status}{Said(answer)}.", isTransient: true),
        _ => new(SecretStoreError.BadSetting, $"{Capital(settings.Place)} refused {what} with {(int)answer.Status}{Said(answer)}."),
    };

    private string ReadFile(string file)
    {
        try
        {
            return new FileInfo(file).Length <= 64 * 1024 ? System.IO.File.ReadAllText(file).Trim() : throw new IOException("it is too large.");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new SecretStoreException(SecretStoreError.BadSetting, $"The file '{file}', which opens {settings.Place}, cannot be read: {unreadable.Message}", innerException: unreadable);
        }
    }

    /// <summary>Null for a token without an end, such as a root token.</summary>
    private static TimeSpan? LeaseOf(JsonElement seconds) =>
        seconds.ValueKind == JsonValueKind.Number && seconds.TryGetInt64(out var lease) && lease is > 0 and < int.MaxValue ? TimeSpan.FromSeconds(lease) : null;

    private static string Said(VaultAnswer answer) => answer.Errors.Length == 0 ? "" : $" ({answer.Errors})";

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    /// <summary>A token and how long it lives. One that is not known could not be asked about.</summary>
    private sealed record Held(Secret Value, TimeSpan? Lease, bool IsRenewable, long Since)
    {
        public Held(Secret value, TimeSpan? Lease, bool IsRenewable, TimeProvider clock)
            : this(value, Lease, IsRenewable, clock.GetTimestamp())
        {
        }

        public bool IsKnown { get; init; }

        public bool IsOver(TimeProvider clock) => Lease is { } lease && clock.GetElapsedTime(Since) >= lease;

        /// <summary>When two thirds of its life are over.</summary>
        public bool IsDue(TimeProvider clock) => IsRenewable && Lease is { } lease && clock.GetElapsedTime(Since) >= lease * 2 / 3;
    }
}
