using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Gantry.Engine.Expressions;
using Gantry.Engine.Providers.Manifests.Answers;
using Gantry.Engine.Providers.Manifests.Connections;
using Gantry.Engine.Providers.Manifests.Requests;
using Gantry.Engine.Providers.Web;

namespace Gantry.Engine.Providers.Manifests.Auth;

/// <summary>
/// Fetches and renews the token of a connection. However many calls need one, one request is made; it goes on when the call that began it is cancelled, since a refresh token
/// that the vendor has changed must not get lost.
/// </summary>
internal sealed class TokenSource(Manifest manifest, ManifestAuth auth, Connection connection, ConnectionSession session, ProviderCall call, HttpGate gate)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <summary>By the session, the way to sign in, and what is renewed: people whose connections have the same name and client still have tokens of their own.</summary>
    private static readonly ConcurrentDictionary<(ConnectionSession, string, object), Lazy<Task<HeldToken>>> Running = new();

    private static readonly string[] SecretWords = ["token", "secret", "key", "jwt", "signature", "session", "password", "ticket", "cookie"];

    private ConnectionKey Key => new(manifest.Id, connection.Name, auth.Id);

    /// <param name="dead">The version of a token that the vendor refused; null when any good one will do.</param>
    /// <param name="cancellationToken">Ends the wait, and not what is waited for.</param>
    public async Task<HeldToken> GetAsync(string? dead, CancellationToken cancellationToken)
    {
        var token = await FindAsync(cancellationToken);
        if (token is null || !IsGood(token) || token.Version == dead)
        {
            var place = (session, auth.Id, !auth.NeedsConsent ? "" : token is null ? (object)call.Tokens : $"{connection.Name}\n{token.Place}");

            // Of several that are made at the same moment only the one that is kept begins.
            var kept = Running.GetOrAdd(place, _ => new Lazy<Task<HeldToken>>(() => Task.Run(() => FetchAsync(dead), CancellationToken.None)));
            var running = kept.Value;
            try
            {
                token = await running.WaitAsync(cancellationToken);
            }
            finally
            {
                if (running.IsCompleted)
                {
                    Running.TryRemove(KeyValuePair.Create(place, kept));
                }
                else
                {
                    _ = running.ContinueWith(_ => Running.TryRemove(KeyValuePair.Create(place, kept)), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
                }
            }
        }

        Mask(token.Values);
        return token;
    }

    private void Mask(JsonElement values)
    {
        foreach (var member in values.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.String))
        {
            var text = Settings.Scalars.TextOf(member.Value) ?? "";
            if (text.Length >= 8 && SecretWords.Any(word => member.Name.Contains(word, StringComparison.OrdinalIgnoreCase)) && member.Name is not "token_type" and not "issued_token_type")
            {
                connection.Mask(text);
            }
        }
    }

    private bool IsGood(HeldToken token) => token.ExpiresAt is not { } end || end - EarlyOf(token.Values) > call.Clock.GetUtcNow();

    /// <summary>Of a token that is good for less than that, half of its time.</summary>
    private TimeSpan EarlyOf(JsonElement values) =>
        values.TryGetProperty("expires_in", out var value) && double.TryParse(ManifestValue.Plain(value), CultureInfo.InvariantCulture, out var seconds) && TimeSpan.FromSeconds(seconds / 2) is var half && half < auth.Token.Early
            ? half
            : auth.Token.Early;

    private async ValueTask<HeldToken?> FindAsync(CancellationToken cancellationToken)
    {
        if (!auth.NeedsConsent)
        {
            return session.Tokens.GetValueOrDefault(auth.Id);
        }

        var stored = await call.Tokens.FindAsync(Key, cancellationToken);
        return stored is null ? null : stored.NeedsConsent is { } reason ? throw NeedsConsent(reason) : Held(stored);
    }

    private static HeldToken Held(ConnectionToken stored) => new(stored.Values, stored.ExpiresAt, stored.Version ?? "") { Place = stored.Place };

    private async Task<HeldToken> FetchAsync(string? dead)
    {
        var present = await FindAsync(CancellationToken.None);
        if (present is not null && IsGood(present) && present.Version != dead)
        {
            return present;
        }

        if (auth.NeedsConsent)
        {
            return await RefreshAsync(present);
        }

        var made = auth.Kind switch
        {
            AuthKind.Jwt => await JwtAsync(),
            AuthKind.TokenExchange => await AskAsync(OwnRequest.Make(manifest, auth.Exchange!, new ManifestScope(connection), hasConstants: false)),
            _ => await GrantAsync(present),
        };
        var token = new HeldToken(made.Values, made.ExpiresAt, Guid.CreateVersion7(call.Clock.GetUtcNow()).ToString());
        session.Tokens[auth.Id] = token;
        return token;
    }

    private async Task<ConnectionToken> GrantAsync(HeldToken? present)
    {
        var settings = auth.OAuth2!;
        if (present is not null && TextOf(present.Values, "refresh_token") is { } refresh && settings.Grant == OAuth2Grant.Password)
        {
            try
            {
                return Merged(present.Values, await OAuth2Request.SendAsync(this, settings.RefreshUrl ?? settings.TokenUrl, [new("grant_type", "refresh_token"), new("refresh_token", refresh)]));
            }
            catch (ProviderException exception) when (exception.Error.Kind == ProviderErrorKind.Unauthorized)
            {
                // With the password a new one can be had.
            }
        }

        List<KeyValuePair<string, string>> parameters = [new("grant_type", settings.Grant == OAuth2Grant.Password ? "password" : "client_credentials")];
        if (settings.Grant == OAuth2Grant.Password)
        {
            foreach (var name in (string[])["username", "password"])
            {
                if (connection.Find(name) is { } value)
                {
                    parameters.Add(new(name, ManifestValue.Plain(value)));
                }
            }
        }

        if (settings.Scopes.Count > 0)
        {
            parameters.Add(new("scope", string.Join(settings.ScopeSeparator, settings.Scopes)));
        }

        return await OAuth2Request.SendAsync(this, settings.TokenUrl, parameters);
    }

    private async Task<ConnectionToken> JwtAsync()
    {
        var scope = new ManifestScope(connection);
        var now = call.Clock.GetUtcNow();
        string jwt;
        try
        {
            jwt = JwtAssertion.Make(auth, scope, now);
        }
        catch (ExpressionException exception)
        {
            throw Unauthorized($"The connection '{connection.Name}' cannot sign in: {exception.Message}.");
        }

        var values = JsonSerializer.SerializeToElement(new Dictionary<string, string>(StringComparer.Ordinal) { ["jwt"] = jwt });
        if (auth.Jwt!.TokenUrl is not { } url)
        {
            return new ConnectionToken { Values = values, ExpiresAt = now + auth.Jwt.Lifetime };
        }

        scope.Token = values;
        List<KeyValuePair<string, string>> parameters = [new("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), new("assertion", jwt)];
        foreach (var (name, text) in auth.Jwt.Parameters)
        {
            parameters.RemoveAll(pair => pair.Key == name);
            if (text.FindText(scope) is { } value)
            {
                parameters.Add(new(name, value));
            }
        }

        var draft = new RequestDraft("POST", scope) { Address = BaseAddress.Address(url, scope), Encoding = BodyEncoding.Form };
        foreach (var (name, value) in parameters)
        {
            draft.SetField(name, Settings.Scalars.Text(value));
        }

        return Merged(values, await AskAsync(draft));
    }

    private async Task<HeldToken> RefreshAsync(HeldToken? present)
    {
        var settings = auth.OAuth2!;
        if (((present is null ? null : TextOf(present.Values, "refresh_token")) ?? Given("refresh_token")) is not { } refresh)
        {
            return present is null && Given("access_token") is { } access
                ? new HeldToken(JsonSerializer.SerializeToElement(new Dictionary<string, string>(StringComparer.Ordinal) { ["access_token"] = access }), null, "given")
                : throw NeedsConsent(present is null ? "nobody has agreed to it yet" : "its token has ended, and it cannot be renewed");
        }

        ConnectionToken renewed;
        try
        {
            var answer = await OAuth2Request.SendAsync(this, settings.RefreshUrl ?? settings.TokenUrl, [new("grant_type", "refresh_token"), new("refresh_token", refresh)]);
            renewed = present is null ? answer : Merged(present.Values, answer);
        }
        catch (InvalidGrantException refused)
        {
            // Another program may have renewed it a moment before.
            if (await FindAsync(CancellationToken.None) is { } other && other.Version != present?.Version && IsGood(other))
            {
                return other;
            }

            await call.Tokens.NeedConsentAsync(Key, refused.Message, CancellationToken.None);
            throw NeedsConsent(refused.Message);
        }

        if (await call.Tokens.PutAsync(Key, renewed, present?.Version, CancellationToken.None) is { } stored)
        {
            return Held(stored);
        }

        return await FindAsync(CancellationToken.None) is { } newer && IsGood(newer) ? newer : throw new ProviderException(new ProviderError
        {
            Kind = ProviderErrorKind.Unavailable,
            Message = $"The token of the connection '{connection.Name}' was changed by another program at the same time.",
            IsTransient = true,
        });
    }

    private string? Given(string field) => connection.Find(field) is { } value ? ManifestValue.Plain(value) : null;

    /// <summary>Sends the request of a token, and reads what is in its answer.</summary>
    internal async Task<ConnectionToken> AskAsync(RequestDraft draft)
    {
        draft.WriteBody();
        draft.SetHeader("User-Agent", "Gantry");
        if (!draft.HasHeader("Accept"))
        {
            draft.SetHeader("Accept", "application/json");
        }

        connection.RequireAllowed(draft.Scope.UsedFields, draft.Url());
        var request = draft.ToRequest(Timeout, call.EgressAllowed, 1024 * 1024);
        var web = await gate.SendAsync(request, call.Clock, CancellationToken.None);
        var body = TokenAnswer.Read(web);
        var answer = new VendorAnswer(request, draft.Scope, web, new AnswerValue(body), null);
        if (answer.Status is < 200 or >= 300 || TokenAnswer.IsError(body, auth) || manifest.Errors.When?.IsTrue(draft.Scope.With(body)) == true)
        {
            throw Refused(answer, body);
        }

        return TokenAnswer.TokenOf(answer, auth, call.Clock.GetUtcNow());
    }

    internal ManifestScope NewScope() => new(connection);

    internal ManifestAuth Way => auth;

    private ProviderException Refused(VendorAnswer answer, JsonElement body)
    {
        var error = body.ValueKind == JsonValueKind.Object && body.TryGetProperty("error", out var code) && code.ValueKind == JsonValueKind.String ? code.GetString() ?? "" : "";
        var said = HttpAnswer.OneLine(
            (body.ValueKind == JsonValueKind.Object && body.TryGetProperty("error_description", out var description) && description.ValueKind == JsonValueKind.String ? description.GetString() : null)
            ?? manifest.Errors.Message.Select(answer.FindText).FirstOrDefault(text => text is not null) ?? HttpAnswer.MessageIn(body) ?? error);
        var message = $"{manifest.Name} gave no token at {HttpGate.Where(answer.Request)} ({answer.Status}{(error.Length > 0 ? $", {error}" : "")}){(said.Length > 0 ? $": {said}" : "")}";
        if (error == "invalid_grant")
        {
            return new InvalidGrantException(message);
        }

        var (kind, isTransient) = HttpAnswer.KindOf(answer.Web.Status);
        return new TokenRefusedException(error, new ProviderError
        {
            Kind = isTransient ? kind : ProviderErrorKind.Unauthorized,
            Message = isTransient ? $"{message}." : $"{message}. Look at the connection '{connection.Name}', or sign in again with 'gantry provider connect {manifest.Id}'.",
            IsTransient = isTransient,
            Status = answer.Status,
            RetryAfter = isTransient ? answer.Wait(manifest.Limits, call.Clock) : null,
        });
    }

    private ProviderException NeedsConsent(string reason) => Unauthorized(
        $"The connection '{connection.Name}' of {manifest.Name} needs consent: {reason.TrimEnd('.')}. A person agrees to it with 'gantry provider connect {manifest.Id}', or in the UI.");

    private static ProviderException Unauthorized(string message) => new(new ProviderError { Kind = ProviderErrorKind.Unauthorized, Message = message });

    private static string? TextOf(JsonElement values, string name) => values.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>What the vendor does not say again stays as it was: mostly the refresh token.</summary>
    private static ConnectionToken Merged(JsonElement before, ConnectionToken token)
    {
        var values = before.EnumerateObject().Where(member => member.Name is not ("expires_in" or "expires_at")).ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);
        foreach (var member in token.Values.EnumerateObject())
        {
            values[member.Name] = member.Value;
        }

        return new ConnectionToken { Values = JsonSerializer.SerializeToElement(values), ExpiresAt = token.ExpiresAt };
    }
}

/// <summary>The token endpoint said no, with a code of RFC 6749 or RFC 8628; it is empty when it said none.</summary>
internal sealed class TokenRefusedException(string code, ProviderError error) : ProviderException(error)
{
    public string Code => code;
}

/// <summary>The vendor has finally refused what a token is renewed with.</summary>
internal sealed class InvalidGrantException(string message) : ProviderException(new ProviderError { Kind = ProviderErrorKind.Unauthorized, Message = message });
