using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Imap;

/// <summary>Marks, moves and deletes messages, and lists mailboxes.</summary>
internal static class ImapChanges
{
    private static readonly string[] system = ["seen", "answered", "flagged", "draft", "deleted"];

    /// <summary>A flag as the protocol has it.</summary>
    public static string FlagOf(string flag)
    {
        var name = flag.TrimStart('\\');
        if (system.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            return "\\" + name[..1].ToUpperInvariant() + name[1..].ToLowerInvariant();
        }

        return name == flag && name.Length > 0 && name.All(character => character is > ' ' and <= '~' and not ('(' or ')' or '{' or '%' or '*' or '"' or '\\' or ']'))
            ? name
            : throw HttpCall.Bad($"'{flag}' is no flag: {string.Join(", ", system)}, or a word of your own without blanks and brackets.");
    }

    public static async Task<ProviderResult> MarkAsync(ImapMailbox box, HttpCall parameters, CancellationToken cancellationToken)
    {
        var (add, remove) = (FlagsOf(parameters, "add"), FlagsOf(parameters, "remove"));
        if (add.Count + remove.Count == 0)
        {
            throw HttpCall.Bad("Give 'add' or 'remove': the flags that the messages get or lose.");
        }

        await box.OpenAsync(isToChange: true, cancellationToken);
        var (present, missing) = await box.FindAsync(cancellationToken);
        foreach (var set in ImapMailbox.SetsOf(present))
        {
            foreach (var (sign, flags) in new[] { ('+', add), ('-', remove) })
            {
                if (flags.Count > 0)
                {
                    await box.AskAsync("It does not mark the messages", new ImapCommand($"UID STORE {set} {sign}FLAGS.SILENT ({string.Join(' ', flags)})"), cancellationToken);
                }
            }
        }

        return Done("marked", present, missing);
    }

    public static async Task<ProviderResult> MoveAsync(ImapMailbox box, HttpCall parameters, CancellationToken cancellationToken)
    {
        var target = parameters.FindText("to") ?? "";
        if (!box.CanMove && !box.CanExpungeByUid)
        {
            throw CannotExpunge(box, "move");
        }

        await box.OpenAsync(isToChange: true, cancellationToken);
        var (present, missing) = await box.FindAsync(cancellationToken);
        if (present.Count > 0 && parameters.Find("create") is { ValueKind: JsonValueKind.True })
        {
            await CreateAsync(box, target, cancellationToken);
        }

        box.IsUncertain = present.Count > 0;
        foreach (var set in ImapMailbox.SetsOf(present))
        {
            if (box.CanMove)
            {
                await box.AskAsync($"It does not move the messages to '{target}'", new ImapCommand($"UID MOVE {set} ").Mailbox(target), cancellationToken);
            }
            else
            {
                await box.AskAsync($"It does not copy the messages to '{target}'", new ImapCommand($"UID COPY {set} ").Mailbox(target), cancellationToken);
                await ExpungeAsync(box, set, cancellationToken);
            }
        }

        return Done("moved", present, missing);
    }

    public static async Task<ProviderResult> DeleteAsync(ImapMailbox box, CancellationToken cancellationToken)
    {
        if (!box.CanExpungeByUid)
        {
            throw CannotExpunge(box, "delete");
        }

        await box.OpenAsync(isToChange: true, cancellationToken);
        var (present, missing) = await box.FindAsync(cancellationToken);
        foreach (var set in ImapMailbox.SetsOf(present))
        {
            await ExpungeAsync(box, set, cancellationToken);
        }

        return Done("deleted", present, missing);
    }

    /// <summary>{mailboxes: [{name, delimiter, flags}]}.</summary>
    public static async Task<ProviderResult> ListAsync(ImapMailbox box, HttpCall parameters, CancellationToken cancellationToken)
    {
        var answers = await box.AskAsync("It does not list its mailboxes", new ImapCommand("LIST \"\" ").Mailbox(parameters.FindText("pattern") ?? "*"), cancellationToken);
        var found = answers.Where(answer => answer.Status == "LIST").Select(answer => answer.Values()).Where(values => values.Count >= 3).Select(values => new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["name"] = ImapText.DecodeMailbox(values[2].Text ?? ""),
            ["delimiter"] = values[1].Text,
            ["flags"] = values[0].List.Select(flag => (flag.Text ?? "").TrimStart('\\').ToLowerInvariant()).ToList(),
        }).ToList();
        return ProviderResult.Success(JsonSerializer.SerializeToElement(new { mailboxes = found }), $"{found.Count} mailbox{(found.Count == 1 ? "" : "es")}.");
    }

    private static async Task CreateAsync(ImapMailbox box, string name, CancellationToken cancellationToken)
    {
        var there = await box.AskAsync($"It does not look for the mailbox '{name}'", new ImapCommand("LIST \"\" ").Mailbox(name), cancellationToken);
        if (there.All(answer => answer.Status != "LIST"))
        {
            await box.AskAsync($"It does not make the mailbox '{name}'", new ImapCommand("CREATE ").Mailbox(name), cancellationToken);
        }
    }

    private static async Task ExpungeAsync(ImapMailbox box, string set, CancellationToken cancellationToken)
    {
        await box.AskAsync("It does not delete the messages", new ImapCommand($"UID STORE {set} +FLAGS.SILENT (\\Deleted)"), cancellationToken);
        await box.AskAsync("It does not delete the messages", new ImapCommand($"UID EXPUNGE {set}"), cancellationToken);
    }

    private static List<string> FlagsOf(HttpCall parameters, string name) =>
        [.. (parameters.Find(name)?.EnumerateArray() ?? default).Select(item => FlagOf(item.ValueKind == JsonValueKind.String ? Scalars.TextOf(item) ?? "" : throw HttpCall.Bad($"'{name}' is a list of flags.")))];

    private static ProviderException CannotExpunge(ImapMailbox box, string what) => ImapErrors.Fail(
        ProviderErrorKind.BadRequest, $"{box.Server.Name} is too old to {what} messages one by one (it has no UIDPLUS). Mark them as deleted by imap.mark; they go when the mailbox is next cleaned up.");

    private static ProviderResult Done(string what, IReadOnlyList<long> done, IReadOnlyList<long> missing) => ProviderResult.Success(
        JsonSerializer.SerializeToElement(new Dictionary<string, IReadOnlyList<long>>(StringComparer.Ordinal) { [what] = done, ["missing"] = missing }),
        $"{done.Count} {what}{(missing.Count > 0 ? $", {missing.Count} not there" : "")}.");
}
