using System.Globalization;
using Npgsql;

namespace Gantry.Hub.Database;

/// <summary>Reads postgresql://user:password@host:port/database?sslmode=require, as libpq and Supabase write it.</summary>
internal static class DatabaseUrl
{
    public static NpgsqlConnectionStringBuilder Parse(string text)
    {
        var rest = text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var query = rest.IndexOf('?');
        var parameters = query < 0 ? "" : rest[(query + 1)..];
        if (query >= 0) rest = rest[..query];
        var slash = rest.IndexOf('/');
        var database = slash < 0 ? "" : rest[(slash + 1)..];
        var authority = slash < 0 ? rest : rest[..slash];

        // The last '@' ends the user's part: people forget to escape it in passwords.
        var at = authority.LastIndexOf('@');
        var user = at < 0 ? "" : authority[..at];
        var builder = new NpgsqlConnectionStringBuilder();
        Host(builder, authority[(at + 1)..]);
        var colon = user.IndexOf(':');
        if (user.Length > 0) builder.Username = Uri.UnescapeDataString(colon < 0 ? user : user[..colon]);
        if (colon >= 0) builder.Password = Uri.UnescapeDataString(user[(colon + 1)..]);
        if (database.Length > 0) builder.Database = Uri.UnescapeDataString(database);
        foreach (var parameter in parameters.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = parameter.IndexOf('=');
            if (equals < 0) throw new FormatException("A parameter has no value.");
            Apply(builder, parameter[..equals].ToLowerInvariant(), Uri.UnescapeDataString(parameter[(equals + 1)..]));
        }

        return builder;
    }

    private static void Host(NpgsqlConnectionStringBuilder builder, string place)
    {
        var colon = place.LastIndexOf(':');
        if (colon > place.LastIndexOf(']'))
        {
            builder.Port = int.Parse(place.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture);
            place = place[..colon];
        }

        builder.Host = Uri.UnescapeDataString(place.Trim('[', ']'));
    }

    private static void Apply(NpgsqlConnectionStringBuilder builder, string name, string value)
    {
        switch (name)
        {
            case "host": builder.Host = value; break;
            case "port": builder.Port = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture); break;
            case "user": builder.Username = value; break;
            case "password": builder.Password = value; break;
            case "dbname": builder.Database = value; break;
            case "sslmode": builder.SslMode = Enum.Parse<SslMode>(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true); break;
            case "sslrootcert": builder.RootCertificate = value; break;
            case "connect_timeout": builder.Timeout = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture); break;
            case "application_name": break;
            default: throw new FormatException("An unknown parameter.");
        }
    }
}
