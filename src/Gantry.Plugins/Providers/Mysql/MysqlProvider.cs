using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Mysql;

/// <summary>Statements of SQL at any MySQL or MariaDB server. Values go by parameters; what comes back keeps its types.</summary>
public sealed class MysqlProvider : IProvider
{
    private const int RowsMax = 100_000;
    private const int BytesMax = 15 * 1024 * 1024;

    private static readonly IReadOnlyList<Setting> common =
    [
        new() { Name = "host", IsRequired = true, Help = "The server's name or address." },
        new() { Name = "port", Type = SettingType.Integer, Help = "3306 when none is given." },
        new() { Name = "database", Help = "The database; without one, tables are named with theirs: shop.customers." },
        new() { Name = "user", IsRequired = true, TakesSecrets = true, Help = "The login's name." },
        new() { Name = "password", IsSecret = true, Help = "The login's password, as ${cred:NAME}." },
        new()
        {
            Name = "tls", Default = Scalars.Text("verify-full"), Choices = ["verify-full", "verify-ca", "require", "disable"],
            Help = "'verify-full' checks the certificate and its name, 'verify-ca' the certificate only, 'require' encrypts towards whoever answers; with 'disable' everybody on the way can read along.",
        },
        ServerParameters.CertificateSha256,
        ServerParameters.Ca,
        new() { Name = "sql", IsRequired = true, Help = "One statement, with ? where the values of 'params' go." },
        new() { Name = "params", Type = SettingType.List, Help = "The values of the ?, in their order; a list or a map goes as JSON." },
        new() { Name = "max_rows", Type = SettingType.Integer, Default = JsonElement.Parse("10000"), Help = $"More rows are refused; at most {RowsMax}." },
        new() { Name = "max_bytes", Type = SettingType.Integer, Default = JsonElement.Parse("10485760"), Help = "More data is refused." },
        new() { Name = "timeout", Type = SettingType.Duration, Default = Scalars.Text("30s"), Help = "How long it may take in all; the server stops the statement then." },
    ];

    public string Id => "mysql";

    public string Title => "MySQL / MariaDB";

    public string Help => "Reads and changes data in MySQL and MariaDB databases.";

    public IReadOnlyList<ProviderAction> Actions { get; } =
    [
        new()
        {
            Id = "query",
            Help = "Reads rows, in a transaction that cannot change anything.",
            Parameters = common,
            IsRepeatable = true,
        },
        new()
        {
            Id = "execute",
            Help = "Runs a statement that changes something, in a transaction of its own.",
            Parameters = common,
        },
    ];

    public async Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var parameters = new HttpCall(call);
        var statement = StatementOf(call, parameters);
        var server = await MysqlServer.OfAsync(call, parameters, cancellationToken);
        using var limit = new CancellationTokenSource(statement.Timeout, call.Clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var session = new MysqlSession(server, statement, new EgressRules(call.EgressAllowed), call.Clock);
        try
        {
            return await session.RunAsync(stop.Token);
        }
        catch (Exception failure) when (failure is not ProviderException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw MysqlErrors.Of(failure, server, statement, session.Progress, limit.IsCancellationRequested);
        }
    }

    private static MysqlStatement StatementOf(ProviderCall call, HttpCall parameters)
    {
        var sql = parameters.FindText("sql") ?? "";
        if (string.IsNullOrWhiteSpace(sql))
        {
            throw HttpCall.Bad("'sql' is one statement, such as: select id, name from customers where country = ?");
        }

        return new MysqlStatement
        {
            Sql = sql,
            Values = [.. parameters.Find("params")?.EnumerateArray() ?? []],
            ReadsOnly = call.Action == "query",
            RowsMax = ServerParameters.NumberOf(parameters, "max_rows", 10_000, 0, RowsMax),
            BytesMax = ServerParameters.NumberOf(parameters, "max_bytes", 10 * 1024 * 1024, 1, BytesMax),
            Timeout = ServerParameters.TimeoutOf(parameters, TimeSpan.FromSeconds(30)),
        };
    }
}

/// <summary>What is to be run, and within what bounds.</summary>
internal sealed record MysqlStatement
{
    public required string Sql { get; init; }

    public required IReadOnlyList<JsonElement> Values { get; init; }

    public required bool ReadsOnly { get; init; }

    public required int RowsMax { get; init; }

    public required int BytesMax { get; init; }

    public required TimeSpan Timeout { get; init; }
}
