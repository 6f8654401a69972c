using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Mysql;

/// <summary>Statements of SQL at any MySQL or MariaDB server. Values go by parameters; what comes back keeps its types.</summary>
public sealed class MysqlProvider : IProvider
{
    private static readonly IReadOnlyList<Setting> Common =
    [
        .. SqlStatement.Parameters(
            3306, "The database; without one, tables are named with theirs: shop.customers.", "?", "The values of the ?, in their order; a list or a map goes as JSON."),
        new()
        {
            Name = "rsa_key",
            Help = "The server's RSA key, as PEM, by which the password is encrypted where 'tls' is disable and the login is caching_sha2_password or sha256_password; 'ask' takes the key of whoever answers, who can then read the password.",
        },
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
            Parameters = Common,
            IsRepeatable = true,
        },
        new()
        {
            Id = "execute",
            Help = "Runs a statement that changes something, in a transaction of its own.",
            Parameters = Common,
        },
    ];

    public async Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var parameters = new HttpCall(call);
        var statement = SqlStatement.Of(call, parameters, "?");
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
}
