using System.Text.Json;
using Gantry.Hub.Database;
using Gantry.Hub.Vault.Keys;
using Gantry.Hub.Web;

namespace Gantry.Hub.Providers.Connections;

/// <summary>A consent that has begun: what has to be known when the person comes back.</summary>
/// <param name="Secret">The verifier of PKCE, or the device's code.</param>
/// <param name="Redirect">Where the vendor sends them back to; null at another screen.</param>
internal sealed record BegunConsent(string Provider, string Connection, string Auth, string Secret, string? Redirect, DateTimeOffset ExpiresAt);

/// <summary>
/// Sealed by the workspace's key and bound to the person, a consent under way is its own state: nothing is kept of one that nobody finishes, any hub of the database goes on
/// with it, and nobody else can.
/// </summary>
internal sealed class ConsentState(KeyRing ring, TimeProvider clock)
{
    private const string Field = "state";
    private const int IdBytes = 16;

    public async Task<string> SealAsync(Actor actor, BegunConsent consent, CancellationToken cancellationToken)
    {
        var key = await ring.NewestAsync(actor.WorkspaceId!.Value, cancellationToken);
        var id = Guid.CreateVersion7(clock.GetUtcNow());
        var value = JsonSerializer.SerializeToUtf8Bytes<string?[]>(
            [consent.Provider, consent.Connection, consent.Auth, consent.Secret, consent.Redirect, consent.ExpiresAt.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        return Convert.ToBase64String([.. key.Id.ToByteArray(), .. id.ToByteArray(), .. Binding(actor, id).Seal(key, Field, value)]).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }

    /// <summary>Fails with a problem when it is not this person's, is over, or none of ours.</summary>
    public async Task<BegunConsent> OpenAsync(Actor actor, string state, CancellationToken cancellationToken)
    {
        var bytes = Decode(state);
        if (bytes.Length > 2 * IdBytes && await ring.FindAsync(actor.WorkspaceId!.Value, new Guid(bytes.AsSpan(0, IdBytes)), cancellationToken) is { } key
            && Binding(actor, new Guid(bytes.AsSpan(IdBytes, IdBytes))).TryOpen(key, Field, bytes.AsSpan(2 * IdBytes)) is { } value)
        {
            var parts = JsonSerializer.Deserialize<string?[]>(value)!;
            var expires = DateTimeOffset.FromUnixTimeSeconds(long.Parse(parts[5]!, System.Globalization.CultureInfo.InvariantCulture));
            return clock.GetUtcNow() < expires
                ? new BegunConsent(parts[0]!, parts[1]!, parts[2]!, parts[3]!, parts[4], expires)
                : throw ProblemException.Invalid("This consent took too long. Begin again.");
        }

        throw ProblemException.Invalid("This state is none that this hub gave to you in this workspace. Begin the consent again, as the same user.");
    }

    private static SealedRow Binding(Actor actor, Guid id) => new()
    {
        WorkspaceId = actor.WorkspaceId!.Value,
        UserId = actor.UserId,
        Provider = null,
        Name = "consent",
        Id = id,
        Version = 1,
    };

    private static byte[] Decode(string state)
    {
        var text = state.Replace('-', '+').Replace('_', '/');
        var buffer = new byte[text.Length];
        return Convert.TryFromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='), buffer, out var written) ? buffer[..written] : [];
    }
}
