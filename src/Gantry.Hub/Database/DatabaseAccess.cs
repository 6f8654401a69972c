using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Gantry.Hub.Database;

/// <summary>
/// How each role connects. <see cref="Administrator"/> is null when the hub was given its own login only: then roles and schema must be there.
/// These are secrets: they bear passwords.
/// </summary>
internal sealed class DatabaseAccess
{
    private DatabaseAccess(string? administrator, string hub, string worker) => (Administrator, Hub, Worker) = (administrator, hub, worker);

    public string? Administrator { get; }

    public string Hub { get; }

    public string Worker { get; }

    /// <summary>
    /// From the connection string of an administrator, or of gantry_hub together with (or without) that of an administrator. The other roles'
    /// passwords follow from the given one, so that two hubs with the same string agree.
    /// </summary>
    public static DatabaseAccess From(string database, string? owner = null)
    {
        var given = Parse(database, "GANTRY_DATABASE");
        var isHub = given.Username == DatabaseRoles.Hub;
        var root = (isHub || owner is null ? given : Parse(owner, "GANTRY_DATABASE_OWNER")).Password;
        return new DatabaseAccess(
            isHub || owner is not null ? owner : given.ConnectionString,
            For(given, DatabaseRoles.Hub, isHub ? given.Password : Derive(root, DatabaseRoles.Hub)),
            For(given, DatabaseRoles.Worker, Derive(root, DatabaseRoles.Worker)));
    }

    /// <summary>The password that a connection string bears; null when it bears none, or is no connection string.</summary>
    public static string? PasswordIn(string text)
    {
        try
        {
            return Read(text).Password;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            return null;
        }
    }

    private static NpgsqlConnectionStringBuilder Read(string text)
    {
        try
        {
            return text.StartsWith("postgres://", StringComparison.Ordinal) || text.StartsWith("postgresql://", StringComparison.Ordinal)
                ? DatabaseUrl.Parse(text) : new NpgsqlConnectionStringBuilder(text);
        }
        catch (KeyNotFoundException unknown)
        {
            // What Npgsql says of an unknown word without a value, which is how base64 ends.
            throw new ArgumentException("it holds a word that no connection string has", nameof(text), unknown);
        }
    }

    private static NpgsqlConnectionStringBuilder Parse(string text, string setting)
    {
        try
        {
            var builder = Read(text);
            if (string.IsNullOrEmpty(builder.Host)) throw new ArgumentException("the host is missing");
            return builder;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            // Neither the text nor the inner message is repeated: both may bear the password.
            throw new HubStartException($"{setting} is no connection string. Write it as postgresql://user:password@host:5432/database " +
                "or as Host=…;Username=…;Password=…;Database=…");
        }
    }

    private static string For(NpgsqlConnectionStringBuilder given, string role, string? password)
    {
        var builder = new NpgsqlConnectionStringBuilder(given.ConnectionString) { Username = role };
        if (password is null) builder.Remove("Password");
        else builder.Password = password;
        return builder.ConnectionString;
    }

    private static string? Derive(string? password, string role) => string.IsNullOrEmpty(password) ? null
        : Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(password), Encoding.UTF8.GetBytes("gantry database role " + role)));
}
