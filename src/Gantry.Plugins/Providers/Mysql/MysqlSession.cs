using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;

namespace Gantry.Plugins.Providers.Mysql;

/// <summary>How far a statement has come, which decides what is known of it when the connection is lost.</summary>
internal enum MysqlProgress
{
    Connecting,

    /// <summary>The server has it, and has not answered to its end.</summary>
    Executing,

    /// <summary>Its transaction is being ended: nobody knows what became of it until the server answers.</summary>
    Committing,
}

/// <summary>One connection for one statement. Cancelling it ends the statement at the server.</summary>
internal sealed class MysqlSession(MysqlServer server, SqlStatement statement, EgressRules rules, TimeProvider clock)
{
    private const int UnsupportedInPrepared = 1295;
    private const int PreparedMax = 1024;
    private static readonly TimeSpan killing = TimeSpan.FromSeconds(5);

    public MysqlProgress Progress { get; private set; }

    public async Task<ProviderResult> RunAsync(CancellationToken cancellationToken)
    {
        await using var connection = await MysqlConnection.OpenAsync(server, rules, cancellationToken);
        try
        {
            await PrepareSessionAsync(connection, cancellationToken);
            var rows = new MysqlRows(connection.Packets, server, statement);
            await RunAsync(connection, rows, cancellationToken);
            return ProviderResult.Success(rows.ToJson(), rows.Summary);
        }
        catch (Exception failure) when (Progress != MysqlProgress.Connecting && (failure is OperationCanceledException or MysqlTooLongException || failure is ProviderException))
        {
            await KillAsync(connection.ThreadId);
            throw failure is MysqlTooLongException ? MysqlRows.TooLong(statement) : failure;
        }
    }

    private async Task RunAsync(MysqlConnection connection, MysqlRows rows, CancellationToken cancellationToken)
    {
        var prepared = await PrepareAsync(connection, cancellationToken);
        Progress = MysqlProgress.Executing;
        if (prepared is { } id)
        {
            await connection.SendAsync(MysqlCommand.Execute, MysqlParameters.Execution(id, statement.Values), cancellationToken);
        }
        else
        {
            await connection.SendAsync(MysqlCommand.Query, Encoding.UTF8.GetBytes(statement.Sql), cancellationToken);
        }

        await rows.ReadAsync(isBinary: prepared is not null, cancellationToken);
        if (!statement.ReadsOnly)
        {
            Progress = MysqlProgress.Committing;
            await connection.CommandAsync("COMMIT", cancellationToken);
        }
    }

    /// <summary>How values are written, and the server's own time limit, in case this process cannot end the statement.</summary>
    private async Task PrepareSessionAsync(MysqlConnection connection, CancellationToken cancellationToken)
    {
        var seconds = Math.Min(Math.Ceiling(statement.Timeout.TotalSeconds) + 1, 31_536_000);
        var limit = connection.IsMariaDb
            ? $", max_statement_time = {seconds.ToString(CultureInfo.InvariantCulture)}"
            : "";
        await connection.CommandAsync(
            $"SET time_zone = '+00:00', autocommit = 1, character_set_client = utf8mb4, character_set_results = utf8mb4, character_set_connection = utf8mb4{limit}", cancellationToken);
        if (statement.ReadsOnly)
        {
            // Of the session, so that nothing follows the transaction that could change something.
            await connection.CommandAsync("SET SESSION TRANSACTION READ ONLY", cancellationToken);
        }

        await connection.CommandAsync("START TRANSACTION", cancellationToken);
    }

    /// <summary>The statement's number at the server; null for one that the server runs only as it is, without values.</summary>
    private async Task<uint?> PrepareAsync(MysqlConnection connection, CancellationToken cancellationToken)
    {
        await connection.SendAsync(MysqlCommand.Prepare, Encoding.UTF8.GetBytes(statement.Sql), cancellationToken);
        var packet = await connection.Packets.ReadAsync(PreparedMax, cancellationToken);
        try
        {
            MysqlConnection.ThrowIfRefused(packet);
        }
        catch (MysqlRefusal refusal) when (refusal.Code == UnsupportedInPrepared && statement is { Values.Count: 0, ReadsOnly: false })
        {
            return null;
        }

        if (packet is not [0, _, _, _, _, _, _, _, _, ..])
        {
            throw MysqlErrors.Protocol(server.Name, "it does not prepare a statement as MySQL does");
        }

        var (columns, values) = (BinaryPrimitives.ReadUInt16LittleEndian(packet.AsSpan(5)), BinaryPrimitives.ReadUInt16LittleEndian(packet.AsSpan(7)));
        await SkipAsync(connection, values, cancellationToken);
        await SkipAsync(connection, columns, cancellationToken);
        if (values != statement.Values.Count)
        {
            throw HttpCall.Bad($"'sql' has {values} '?', and 'params' has {statement.Values.Count} value{(statement.Values.Count == 1 ? "" : "s")}. Each ? outside of quotes stands for one.");
        }

        if (statement.ReadsOnly && columns == 0)
        {
            throw HttpCall.Bad("This statement answers no rows, so that it is none for mysql.query. Use mysql.execute for what changes something.");
        }

        return BinaryPrimitives.ReadUInt32LittleEndian(packet.AsSpan(1));
    }

    /// <summary>The descriptions come again with the rows.</summary>
    private async Task SkipAsync(MysqlConnection connection, int count, CancellationToken cancellationToken)
    {
        for (var left = count > 0 ? count + 1 : 0; left > 0; left--)
        {
            await connection.Packets.ReadAsync(MysqlRows.DescriptionMax, cancellationToken);
        }
    }

    /// <summary>The whole connection is ended, since what it did is to be rolled back as well. What is over already is not there any more.</summary>
    private async Task KillAsync(uint threadId)
    {
        using var limit = new CancellationTokenSource(killing, clock);
        try
        {
            await using var other = await MysqlConnection.OpenAsync(server, rules, limit.Token);
            await other.CommandAsync($"KILL {threadId.ToString(CultureInfo.InvariantCulture)}", limit.Token);
        }
        catch (Exception exception) when (exception is MysqlRefusal or ProviderException or IOException or System.Net.Sockets.SocketException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            // The server's own limit ends it, or the lost connection does.
        }
    }
}
