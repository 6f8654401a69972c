using System.Globalization;
using Gantry.Cli.CommandLine;
using Gantry.Cli.Hubs;
using Gantry.Engine.Secrets;

namespace Gantry.Cli.Credentials;

/// <summary>What a store has for signing in to a website's server.</summary>
internal sealed record LoginCredentials
{
    private const string Ftp = "ftp";
    private const string Sftp = "sftp";
    private static readonly string[] UserTypes = ["USERNAME", "USER"];

    public required string Kind { get; init; }

    /// <summary>Null where the store has none, as for those below.</summary>
    public string? Host { get; init; }

    public int? Port { get; init; }

    public string? User { get; init; }

    /// <summary>The name under which the user is looked for.</summary>
    public required string UserName { get; init; }

    public Secret? Password { get; init; }

    public Secret? Key { get; init; }

    public static async Task<LoginCredentials> FindAsync(ICredentialPlaces places, string? name, string? website, string? kind, CancellationToken cancellationToken)
    {
        if (name is not null)
        {
            SecretRules.CheckName(name);
            var value = (await places.RevealAsync([name], cancellationToken)).GetValueOrDefault(name)
                ?? throw CredentialCommand.NotThere(name, places, (await places.ListAsync(cancellationToken)).Select(known => known.FindText("name")!));
            return new() { Kind = kind ?? (name.Contains("SFTP", StringComparison.OrdinalIgnoreCase) ? Sftp : Ftp), UserName = "user", Password = value };
        }

        return await FindAsync(places, website ?? throw new UsageException("Which credentials? Give --website, or the NAME of the one with the password."), kind, cancellationToken);
    }

    private static async Task<LoginCredentials> FindAsync(ICredentialPlaces places, string website, string? kind, CancellationToken cancellationToken)
    {
        var types = ((string[])[Ftp, Sftp]).Where(known => kind is null || known == kind)
            .SelectMany(known => ((string[])["HOST", "PORT", .. UserTypes, "PASSWORD", "KEY"]).Select(type => $"{known.ToUpperInvariant()}_{type}")).ToList();
        var names = types.ToDictionary(type => CredentialName.Of(website, type), StringComparer.Ordinal);
        var found = (await places.RevealAsync(names.Keys, cancellationToken)).ToDictionary(pair => names[pair.Key], pair => pair.Value, StringComparer.Ordinal);
        kind ??= found.Keys.Any(type => type.StartsWith("SFTP_", StringComparison.Ordinal)) && !found.ContainsKey("FTP_PASSWORD") ? Sftp : Ftp;
        var prefix = kind.ToUpperInvariant() + "_";
        if (!found.ContainsKey(prefix + "PASSWORD") && !found.ContainsKey(prefix + "KEY"))
        {
            throw new CommandException($"There is no credential '{CredentialName.Of(website, prefix + "PASSWORD")}' in {places.Place}. Store it with: gantry credential add --website {website} --type {prefix}PASSWORD");
        }

        var port = found.GetValueOrDefault(prefix + "PORT")?.Reveal();
        return new()
        {
            Kind = kind,
            Host = found.GetValueOrDefault(prefix + "HOST")?.Reveal(),
            Port = port is null ? null : int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 65535
                ? number
                : throw new CommandException($"The credential '{CredentialName.Of(website, prefix + "PORT")}' is no port."),
            User = UserTypes.Select(type => found.GetValueOrDefault(prefix + type)?.Reveal()).FirstOrDefault(user => user is not null),
            UserName = CredentialName.Of(website, prefix + UserTypes[0]),
            Password = found.GetValueOrDefault(prefix + "PASSWORD"),
            Key = found.GetValueOrDefault(prefix + "KEY"),
        };
    }
}
