using System.Text.Json;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Providers.Web;

/// <summary>One statement of SQL for a database server: what is to be run, and within what bounds.</summary>
public sealed record SqlStatement
{
    private const int RowsLimit = 100_000;
    private const int BytesLimit = 15 * 1024 * 1024;

    public required string Sql { get; init; }

    public required IReadOnlyList<JsonElement> Values { get; init; }

    public required bool ReadsOnly { get; init; }

    public required int RowsMax { get; init; }

    public required int BytesMax { get; init; }

    public required TimeSpan Timeout { get; init; }

    /// <summary>The parameters of a statement and of its server.</summary>
    /// <param name="port">The usual one.</param>
    /// <param name="database">What 'database' is.</param>
    /// <param name="places">What stands in a statement where values go.</param>
    /// <param name="values">What 'params' is.</param>
    public static IReadOnlyList<Setting> Parameters(int port, string database, string places, string values) =>
    [
        new() { Name = "host", IsRequired = true, Help = "The server's name or address." },
        new() { Name = "port", Type = SettingType.Integer, Help = $"{port} when none is given." },
        new() { Name = "database", Help = database },
        new() { Name = "user", IsRequired = true, TakesSecrets = true, Help = "The login's name." },
        new() { Name = "password", IsSecret = true, Help = "The login's password, as ${cred:NAME}." },
        new()
        {
            Name = "tls", Default = Scalars.Text("verify-full"), Choices = ["verify-full", "verify-ca", "require", "disable"],
            Help = "'verify-full' checks the certificate and its name, 'verify-ca' the certificate only, 'require' encrypts towards whoever answers; with 'disable' everybody on the way can read along.",
        },
        ServerParameters.CertificateSha256,
        ServerParameters.Ca,
        new() { Name = "sql", IsRequired = true, Help = $"One statement, with {places} where the values of 'params' go." },
        new() { Name = "params", Type = SettingType.List, Help = values },
        new() { Name = "max_rows", Type = SettingType.Integer, Default = JsonElement.Parse("10000"), Help = $"More rows are refused; at most {RowsLimit}." },
        new() { Name = "max_bytes", Type = SettingType.Integer, Default = JsonElement.Parse("10485760"), Help = "More data is refused." },
        new() { Name = "timeout", Type = SettingType.Duration, Default = Scalars.Text("30s"), Help = "How long it may take in all; the server stops the statement then." },
    ];

    /// <summary>Fails with <see cref="ProviderException"/> when there is none, or a bound makes no sense.</summary>
    /// <param name="call">Its action 'query' only reads.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="place">What stands in a statement where the first value goes.</param>
    public static SqlStatement Of(ProviderCall call, HttpCall parameters, string place)
    {
        var sql = parameters.FindText("sql") ?? "";
        if (string.IsNullOrWhiteSpace(sql) || sql.Contains('\0', StringComparison.Ordinal))
        {
            throw HttpCall.Bad($"'sql' is one statement, such as: select id, name from customers where country = {place}");
        }

        return new SqlStatement
        {
            Sql = sql,
            Values = [.. parameters.Find("params")?.EnumerateArray() ?? []],
            ReadsOnly = call.Action == "query",
            RowsMax = ServerParameters.NumberOf(parameters, "max_rows", 10_000, 0, RowsLimit),
            BytesMax = ServerParameters.NumberOf(parameters, "max_bytes", 10 * 1024 * 1024, 1, BytesLimit),
            Timeout = ServerParameters.TimeoutOf(parameters, TimeSpan.FromSeconds(30)),
        };
    }
}
