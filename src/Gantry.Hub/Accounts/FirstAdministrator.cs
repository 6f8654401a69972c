using Gantry.Hub.Database;

namespace Gantry.Hub.Accounts;

/// <summary>The user 'admin' and the workspace 'default', made once in the life of a database.</summary>
internal static class FirstAdministrator
{
    public const string Name = "admin";

    /// <summary>Answers the password to print, once; null when there is nothing to print.</summary>
    /// <param name="given">The password from the settings; null makes a one-time password that is to be changed.</param>
    public static async Task<string?> EnsureAsync(
        HubDatabase database, Passwords passwords, TimeProvider clock, string? given, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(Actor.Nobody, cancellationToken);
        if (await session.FindAsync<bool>("select has_users()", null, cancellationToken)) return null;
        if (given is { Length: > Passwords.LengthMax })
            throw new HubStartException($"GANTRY_ADMIN_PASSWORD is longer than {Passwords.LengthMax} characters.");

        var password = given ?? Tokens.NewPassword();
        var made = await session.FindAsync<bool>("select create_first_administrator(@user, @workspace, @name, @hash, @mustChange)", new
        {
            user = Guid.CreateVersion7(clock.GetUtcNow()),
            workspace = Guid.CreateVersion7(clock.GetUtcNow()),
            name = Name,
            hash = passwords.Hash(password),
            mustChange = given is null,
        }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return made && given is null ? password : null;
    }
}
