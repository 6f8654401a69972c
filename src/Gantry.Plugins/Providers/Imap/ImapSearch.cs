using System.Globalization;
using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Imap;

/// <summary>Finds messages by what they are to be like.</summary>
internal static class ImapSearch
{
    private const int LimitMax = 1000;

    private static readonly (string Name, string Key, string Help)[] texts =
    [
        ("from", "FROM", "Only messages whose sender holds this text."),
        ("to", "TO", "Only messages one of whose recipients holds this text."),
        ("cc", "CC", "Only messages one of whose copied recipients holds this text."),
        ("subject", "SUBJECT", "Only messages whose subject holds this text."),
        ("body", "BODY", "Only messages whose content holds this text."),
        ("text", "TEXT", "Only messages that hold this text, in their headers or content."),
    ];

    private static readonly (string Name, string Yes, string No, string Help)[] switches =
    [
        ("seen", "SEEN", "UNSEEN", "true for messages that were read, false for those that were not."),
        ("flagged", "FLAGGED", "UNFLAGGED", "true for messages with a flag, false for those without."),
        ("answered", "ANSWERED", "UNANSWERED", "true for messages that were answered, false for those that were not."),
        ("deleted", "DELETED", "UNDELETED", "true for messages marked as deleted, false for those that are not."),
    ];

    private static readonly (string Name, string Key, string Help)[] dates =
    [
        ("since", "SINCE", "Only messages that arrived on this day or later: 2026-01-31."),
        ("before", "BEFORE", "Only messages that arrived before this day: 2026-01-31."),
        ("sent_since", "SENTSINCE", "Only messages that were written on this day or later, by their own date."),
        ("sent_before", "SENTBEFORE", "Only messages that were written before this day, by their own date."),
    ];

    public static IReadOnlyList<Setting> Parameters { get; } =
    [
        .. texts.Select(text => new Setting { Name = text.Name, Help = text.Help }),
        .. switches.Select(one => new Setting { Name = one.Name, Type = SettingType.Boolean, Help = one.Help }),
        .. dates.Select(date => new Setting { Name = date.Name, Help = date.Help }),
        new() { Name = "keyword", Help = "Only messages with this flag of your own." },
        new() { Name = "larger", Type = SettingType.Integer, Help = "Only messages of more bytes." },
        new() { Name = "smaller", Type = SettingType.Integer, Help = "Only messages of fewer bytes." },
        new() { Name = "message_id", Help = "Only the message with this Message-ID." },
        new() { Name = "after_uid", Type = SettingType.Integer, Help = "Only messages with a larger uid: what came after the last one that was seen." },
    ];

    /// <summary>{mailbox, uid_validity, total, count, truncated, messages}.</summary>
    public static async Task<ProviderResult> RunAsync(ImapMailbox box, HttpCall parameters, CancellationToken cancellationToken)
    {
        var limit = ServerParameters.NumberOf(parameters, "limit", 100, 1, LimitMax);
        var criteria = CriteriaOf(parameters);
        await box.OpenAsync(isToChange: false, cancellationToken);
        var after = parameters.FindText("after_uid") is { } text && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var uid) ? uid : 0;

        // Of UID 6:*, the last message is always one, whatever its uid.
        var found = ImapMailbox.NumbersOf(await box.AskAsync("It refused to search", criteria, cancellationToken)).Where(number => number > after).Distinct().OrderDescending().ToList();
        var described = await box.FetchAsync(found.Take(limit), "FLAGS INTERNALDATE RFC822.SIZE ENVELOPE", cancellationToken);
        var output = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["mailbox"] = box.Name,
            ["uid_validity"] = box.UidValidity,
            ["total"] = box.Count,
            ["count"] = found.Count,
            ["truncated"] = found.Count > limit,
            ["messages"] = found.Take(limit).Where(described.ContainsKey).Select(number => ImapEnvelope.Of(number, described[number])).ToList(),
        };
        return ProviderResult.Success(JsonSerializer.SerializeToElement(output), $"{found.Count} message{(found.Count == 1 ? "" : "s")} found.");
    }

    private static ImapCommand CriteriaOf(HttpCall parameters)
    {
        var criteria = Fill(new ImapCommand("UID SEARCH"), parameters);
        return criteria.HasUtf8 ? Fill(new ImapCommand("UID SEARCH CHARSET UTF-8"), parameters) : criteria;
    }

    private static ImapCommand Fill(ImapCommand command, HttpCall parameters)
    {
        // Something has to be asked for.
        command.Add(" ALL");
        foreach (var (name, key, _) in texts)
        {
            AddText(command, parameters, name, $" {key} ");
        }

        foreach (var (name, yes, no, _) in switches)
        {
            if (parameters.Find(name) is { } given)
            {
                command.Add(given.ValueKind == JsonValueKind.True ? $" {yes}" : $" {no}");
            }
        }

        foreach (var (name, key, _) in dates)
        {
            if (parameters.FindText(name) is { } text)
            {
                var day = DateOnly.TryParseExact(text.Length > 10 && text[10] == 'T' ? text[..10] : text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
                    ? date
                    : throw HttpCall.Bad($"'{name}' is a day such as 2026-01-31; mail servers know nothing finer.");
                command.Add($" {key} {day.ToString("d-MMM-yyyy", CultureInfo.InvariantCulture)}");
            }
        }

        if (parameters.FindText("keyword") is { } keyword)
        {
            command.Add($" KEYWORD {ImapChanges.FlagOf(keyword)}");
        }

        foreach (var name in new[] { "larger", "smaller" })
        {
            command.Add(parameters.Find(name) is null ? "" : $" {name.ToUpperInvariant()} {ServerParameters.NumberOf(parameters, name, 0, 0, int.MaxValue).ToString(CultureInfo.InvariantCulture)}");
        }

        AddText(command, parameters, "message_id", " HEADER \"Message-ID\" ");
        return parameters.Find("after_uid") is null
            ? command
            : command.Add($" UID {(ServerParameters.NumberOf(parameters, "after_uid", 0, 0, int.MaxValue) + 1L).ToString(CultureInfo.InvariantCulture)}:*");
    }

    private static void AddText(ImapCommand command, HttpCall parameters, string name, string key)
    {
        if (parameters.FindText(name) is { Length: > 0 } text)
        {
            command.Add(key).Text(text);
        }
    }
}
