using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gantry.Hub.Web;

namespace Gantry.Hub.Executions;

/// <summary>
/// The newest of a list as server-sent events: each row that is new or stands otherwise than it was told, and 'list', which rows these are, whenever that changes.
/// It looks at what is kept, so that it says the same on every hub; behind a <c>Last-Event-ID</c> after which nothing has changed it tells nothing again.
/// </summary>
internal sealed class ListStream(TimeProvider clock, IHostApplicationLifetime lifetime)
{
    /// <summary>How much longer than a look the pause after it is at the least, so that a list that is hard to find keeps nothing else waiting.</summary>
    private const int PauseOfLook = 10;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <param name="context">The request.</param>
    /// <param name="type">What the event of a row is called.</param>
    /// <param name="lookAsync">Answers the newest rows as they stand, as far as the caller may see them.</param>
    public async Task ServeAsync(HttpContext context, string type, Func<CancellationToken, Task<NewestRows>> lookAsync)
    {
        // What is refused is refused before the stream begins.
        var first = await lookAsync(context.RequestAborted);
        var seen = context.Request.Headers["Last-Event-ID"] is [{ Length: > 0 } id, ..] ? id : null;
        await EventStream.ServeAsync(context, lifetime, clock, async (stream, cancellationToken) =>
        {
            var told = first.Mark == seen ? first : null;
            await stream.GreetAsync(cancellationToken);
            var (rows, pause) = (first, Interval);
            while (true)
            {
                await TellAsync(stream, type, told, rows, cancellationToken);
                if (!stream.IsLive)
                    return;
                told = rows;
                await Task.Delay(pause, clock, cancellationToken);
                var began = clock.GetTimestamp();
                rows = await lookAsync(cancellationToken);
                var longer = clock.GetElapsedTime(began) * PauseOfLook;
                pause = longer > Interval ? longer : Interval;
            }
        });
    }

    private static async Task TellAsync(EventStream stream, string type, NewestRows? told, NewestRows rows, CancellationToken cancellationToken)
    {
        List<(string Type, string Data)> news =
            [.. rows.Rows.Where(row => told?.Has(row) != true).Reverse().Select(row => (type, row.Json))];
        if (told is null || told.HasMore != rows.HasMore || !told.Ids.SequenceEqual(rows.Ids))
            news.Add(("list", ListOf(rows)));
        for (var i = 0; i < news.Count; i++)
        {
            // Who saw the last of them has seen them all.
            await stream.WriteAsync(news[i].Type, news[i].Data, i == news.Count - 1 ? rows.Mark : null, cancellationToken);
        }

        await stream.BeatAsync(cancellationToken);
        await stream.FlushAsync(cancellationToken);
    }

    private static string ListOf(NewestRows rows) => ExecutionJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("ids");
        foreach (var id in rows.Ids)
            json.WriteStringValue(id);
        json.WriteEndArray();
        json.WriteBoolean("more", rows.HasMore);
        json.WriteEndObject();
    });
}

/// <summary>One row of a list.</summary>
internal sealed record NewestRow(string Id, string Json);

/// <summary>The newest rows of a list, the newest first.</summary>
internal sealed class NewestRows
{
    private readonly HashSet<NewestRow> all;

    private NewestRows(IReadOnlyList<NewestRow> rows, bool hasMore)
    {
        Rows = rows;
        all = [.. rows];
        Ids = [.. rows.Select(row => row.Id)];
        HasMore = hasMore;
        Mark = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', rows.Select(row => row.Json)) + hasMore)).AsSpan(0, 12));
    }

    public IReadOnlyList<NewestRow> Rows { get; }

    public IReadOnlyList<string> Ids { get; }

    /// <summary>There are older ones.</summary>
    public bool HasMore { get; }

    /// <summary>The same as long as nothing of it changes.</summary>
    public string Mark { get; }

    /// <summary>Whether this row is among them, and stands as it does here.</summary>
    public bool Has(NewestRow row) => all.Contains(row);

    /// <param name="found">One more than <paramref name="count"/> when there are more.</param>
    /// <param name="count">How many are told.</param>
    /// <param name="idOf">Of a row.</param>
    /// <param name="write">Writes a row as its list does.</param>
    public static NewestRows Of<T>(IReadOnlyList<T> found, int count, Func<T, Guid> idOf, Action<T, Utf8JsonWriter> write) =>
        new([.. found.Take(count).Select(row => new NewestRow(idOf(row).ToString(), ExecutionJson.Write(json => write(row, json))))], found.Count > count);
}
