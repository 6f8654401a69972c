using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Postgresql;

/// <summary>Statements of SQL at any PostgreSQL server. Values go by parameters; what comes back keeps its types.</summary>
public sealed class PostgresqlProvider : IProvider
{
    private static readonly IReadOnlyList<Setting> Common = SqlStatement.Parameters(
        5432, "The database; the one of the user's name when none is given.", "$1, $2 and so on",
        "The values of $1, $2 and so on; a list goes into an array where the statement has one there, else it is JSON, as a map is.");

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
        var statement = SqlStatement.Of(call, parameters, "$1");
        var server = await PostgresqlServer.OfAsync(call, parameters, cancellationToken);
        using var limit = new CancellationTokenSource(statement.Timeout, call.Clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var session = new PostgresqlSession(server, statement, parameters.Find("transaction") is not { ValueKind: JsonValueKind.False });
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
}
