using System.Globalization;
using Gantry.Hub.Database;
using Gantry.Hub.Executions;
using Gantry.Hub.Executions.Journal;
using Gantry.Hub.Plans;
using Gantry.Hub.Web;
using Microsoft.AspNetCore.Mvc;

namespace Gantry.Hub.Transfers;

/// <summary>Which transfers are asked for, as the address says it.</summary>
/// <param name="Status">The state they are in.</param>
/// <param name="Endpoint">A saved endpoint among their places.</param>
/// <param name="Template">A name or id.</param>
/// <param name="RetryOf">The transfer whose failures they take up.</param>
/// <param name="Text">A text in names and addresses.</param>
/// <param name="Since">Started then or later.</param>
/// <param name="Until">Started before.</param>
/// <param name="Limit">How many.</param>
internal sealed record TransferQuery(
    [FromQuery(Name = "status")] string? Status,
    [FromQuery(Name = "endpoint")] string? Endpoint,
    [FromQuery(Name = "template")] string? Template,
    [FromQuery(Name = "retry_of")] string? RetryOf,
    [FromQuery(Name = "q")] string? Text,
    [FromQuery(Name = "since")] string? Since,
    [FromQuery(Name = "until")] string? Until,
    [FromQuery(Name = "limit")] string? Limit)
{
    /// <summary>A filter of one more than are shown, which tells whether there are more.</summary>
    public async Task<(TransferFilter Filter, int Count)> ReadAsync(HubSession session, string? after, CancellationToken cancellationToken)
    {
        var count = PageQuery.Limit(Limit);
        if (Status is not null && !StatusNames.Executions.Contains(Status))
            throw ProblemException.Invalid($"The parameter 'status' is one of {string.Join(", ", StatusNames.Executions)}.");
        if (Endpoint is { Length: 0 or > 200 } || Endpoint?.Contains('\0') == true)
            throw ProblemException.Invalid("The parameter 'endpoint' is the name of a saved endpoint.");
        if (Text is not null && (Text.Length is < TransferGrams.QuestionMin or > TransferGrams.QuestionMax || Text.Any(char.IsControl)))
            throw ProblemException.Invalid($"The parameter 'q' is a text of {TransferGrams.QuestionMin} to {TransferGrams.QuestionMax} characters.");
        return (new TransferFilter
        {
            Status = Status,
            Endpoint = Endpoint,
            RetryOf = RetryOf is null ? null : PageQuery.Id(RetryOf, "transfer"),
            Text = Text is null ? null : ExecutionJson.Storable(Text.ToLowerInvariant()),
            Since = TimeOf("since", Since),
            Until = TimeOf("until", Until),
            After = PageQuery.AfterId(after),
            TemplateId = Template is null ? null : (await PlanRoutes.FindAsync(session, Template, cancellationToken)).Id,
            Count = count + 1,
        }, count);
    }

    private static DateTimeOffset? TimeOf(string name, string? text)
    {
        if (text is null)
            return null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time
            : throw ProblemException.Invalid($"The parameter '{name}' is a time such as 2026-01-31T08:00:00Z.");
    }
}
