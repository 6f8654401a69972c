using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Postgresql;

/// <summary>Statements of SQL at any PostgreSQL server. Values go by parameters; what comes back keeps its types.</summary>
public sealed class PostgresqlProvider : IProvider
{
    private const int RowsMax = 100_000;
    private const int BytesMax = 15 * 1024 * 1024;

    private static readonly IReadOnlyList<Setting> Common =
    [
        new() { Name = "host", IsRequired = true, Help = "The server's name or address." },
        new() { Name = "port", Type = SettingType.Integer, Help = "5432 when none is given." },
        new() { Name = "database", Help = "The database; the one of the user's name when none is given." },
        new() { Name = "user", IsRequired = true, TakesSecrets = true, Help = "The login's name." },
        new() { Name = "password", IsSecret = true, Help = "The login's password, as ${cred:NAME}." },
        new()
        {
            Name = "tls", Default = Scalars.Text("verify-full"), Choices = ["verify-full", "verify-ca", "require", "disable"],
            Help = "'verify-full' checks the certificate and its name, 'verify-ca' the certificate only, 'require' encrypts towards whoever answers; with 'disable' everybody on the way can read along.",
        },
        ServerParameters.CertificateSha256,
        ServerParameters.Ca,
        new() { Name = "sql", IsRequired = true, Help = "One statement, with $1, $2 and so on where the values of 'params' go." },
        new() { Name = "params", Type = SettingType.List, Help = "The values of $1, $2 and so on; a list goes into an array where the statement has one there, else it is JSON, as a map is." },
        new() { Name = "max_rows", Type = SettingType.Integer, Default = JsonElement.Parse("10000"), Help = $"More rows are refused; at most {RowsMax}." },
        new() { Name = "max_bytes", Type = SettingType.Integer, Default = JsonElement.Parse("10485760"), Help = "More data is refused." },
        new() { Name = "timeout", Type = SettingType.Duration, Default = Scalars.Text("30s"), Help = "How long it may take in all; the server stops the statement then." },
    ];

    public string Id => "postgresql";

    public string Title => "PostgreSQL";

    public string Help => "Reads and changes data in PostgreSQL databases.";

    public IReadOnlyList<ProviderAction> Actions { get; } =
    [
        new()
        {
            Id = "query",
            Help = "Reads rows, in a transaction that cannot change anything.",
            Parameters = Common,
            IsRepeatable = true,
        },
        new()
        {
            Id = "execute",
            Help = "Runs a statement that changes something, wholly or not at all.",
            Parameters =
            [
                .. Common,
                new()
                {
                    Name = "transaction", Type = SettingType.Boolean, Default = Scalars.True,
                    Help = "false for the few statements that refuse to run in a transaction, such as VACUUM and CREATE INDEX CONCURRENTLY.",
                },
            ],
        },
    ];

    public async Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var parameters = new HttpCall(call);
        var statement = StatementOf(call, parameters);
        var server = await PostgresqlServer.OfAsync(call, parameters, cancellationToken);
        using var limit = new CancellationTokenSource(statement.Timeout, call.Clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var session = new PostgresqlSession(server, statement);
        try
        {
            return await session.RunAsync(new EgressRules(call.EgressAllowed), stop.Token);
        }
        catch (Exception failure) when (failure is not ProviderException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw PostgresqlErrors.Of(failure, server, statement, session.IsCommitting, limit.IsCancellationRequested);
        }
    }

    private static PostgresqlStatement StatementOf(ProviderCall call, HttpCall parameters)
    {
        var sql = parameters.FindText("sql") ?? "";
        if (string.IsNullOrWhiteSpace(sql) || sql.Contains('\0', StringComparison.Ordinal))
        {
            throw HttpCall.Bad("'sql' is one statement, such as: select id, name from customers where country = $1");
        }

        return new PostgresqlStatement
        {
            Sql = sql,
            Values = [.. parameters.Find("params")?.EnumerateArray() ?? []],
            ReadsOnly = call.Action == "query",
            IsInTransaction = parameters.Find("transaction") is not { ValueKind: JsonValueKind.False },
            RowsMax = ServerParameters.NumberOf(parameters, "max_rows", 10_000, 0, RowsMax),
            BytesMax = ServerParameters.NumberOf(parameters, "max_bytes", 10 * 1024 * 1024, 1, BytesMax),
            Timeout = ServerParameters.TimeoutOf(parameters, TimeSpan.FromSeconds(30)),
        };
    }
}

/// <summary>What is to be run, and within what bounds.</summary>
internal sealed record PostgresqlStatement
{
    public required string Sql { get; init; }

    public required IReadOnlyList<JsonElement> Values { get; init; }

    public required bool ReadsOnly { get; init; }

    public required bool IsInTransaction { get; init; }

    public required int RowsMax { get; init; }

    public required int BytesMax { get; init; }

    public required TimeSpan Timeout { get; init; }
}
