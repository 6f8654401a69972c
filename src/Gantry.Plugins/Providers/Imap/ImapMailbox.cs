using System.Globalization;
using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;

namespace Gantry.Plugins.Providers.Imap;

/// <summary>The mailbox that a step names, at the server, and the messages in it that the step names.</summary>
internal sealed class ImapMailbox(ImapSession session, ImapServer server, HttpCall parameters)
{
    private const int UidsMax = 1000;
    private const int UidsInCommand = 100;

    public string Name { get; } = parameters.FindText("mailbox") ?? "INBOX";

    public ImapServer Server => server;

    public bool CanMove => session.CanMove;

    public bool CanExpungeByUid => session.CanExpungeByUid;

    public long UidValidity { get; private set; }

    /// <summary>How many messages are in it.</summary>
    public long Count { get; private set; }

    /// <summary>Something is under way that is not to be done twice.</summary>
    public bool IsUncertain { get; set; }

    /// <summary>The uids of the step, each once.</summary>
    public IReadOnlyList<long> Uids
    {
        get
        {
            List<long> uids = [];
            foreach (var item in parameters.Find("uids")?.EnumerateArray() ?? [])
            {
                uids.Add(long.TryParse(item.ValueKind == JsonValueKind.String ? item.GetString() : item.GetRawText(), NumberStyles.None, CultureInfo.InvariantCulture, out var uid) && uid is > 0 and <= uint.MaxValue
                    ? uid
                    : throw HttpCall.Bad("'uids' is a list of numbers, as search gives them."));
            }

            return uids.Count <= UidsMax ? [.. uids.Distinct()] : throw HttpCall.Bad($"'uids' has {uids.Count} numbers, and a step takes at most {UidsMax}.");
        }
    }

    public Task<IReadOnlyList<ImapAnswer>> AskAsync(string what, ImapCommand command, CancellationToken cancellationToken) => session.AskAsync(what, command, cancellationToken);

    /// <summary>Opens it, to look only or to change something.</summary>
    public async Task OpenAsync(bool isToChange, CancellationToken cancellationToken)
    {
        IReadOnlyList<ImapAnswer> answers;
        try
        {
            answers = await AskAsync($"It could not open the mailbox '{Name}'", new ImapCommand(isToChange ? "SELECT " : "EXAMINE ").Mailbox(Name), cancellationToken);
        }
        catch (ProviderException refused) when (refused.Error is { Kind: ProviderErrorKind.BadRequest } error)
        {
            throw ImapErrors.Fail(ProviderErrorKind.NotFound, $"{error.Message} imap.list_mailboxes tells which there are.", inner: refused);
        }

        Count = answers.FirstOrDefault(answer => answer.Status == "EXISTS")?.Number ?? 0;
        UidValidity = answers.Select(answer => answer.Code).OfType<string>().Where(code => code.StartsWith("UIDVALIDITY ", StringComparison.OrdinalIgnoreCase))
            .Select(code => long.TryParse(code.AsSpan(12), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0).FirstOrDefault();
        if (parameters.Find("uid_validity") is { } expected && (!expected.TryGetInt64(out var wanted) || wanted != UidValidity))
        {
            throw ImapErrors.Fail(ProviderErrorKind.Conflict, $"The mailbox '{Name}' was made anew: its uid_validity is {UidValidity}, and not {expected.GetRawText()}. Search again.");
        }
    }

    /// <summary>Which of the step's messages are there, as a search finds them.</summary>
    public async Task<(IReadOnlyList<long> Present, IReadOnlyList<long> Missing)> FindAsync(CancellationToken cancellationToken)
    {
        var uids = Uids;
        HashSet<long> found = [];
        foreach (var set in SetsOf(uids))
        {
            found.UnionWith(NumbersOf(await AskAsync("It does not look for the messages", new ImapCommand($"UID SEARCH UID {set}"), cancellationToken)));
        }

        return ([.. uids.Where(found.Contains)], [.. uids.Where(uid => !found.Contains(uid))]);
    }

    public static IEnumerable<long> NumbersOf(IEnumerable<ImapAnswer> answers) =>
        answers.Where(answer => answer.Status == "SEARCH").SelectMany(answer => answer.Values()).Select(value => value.Number).OfType<long>();

    /// <summary>Uids as commands name them, so many that no command is too long.</summary>
    public static IEnumerable<string> SetsOf(IEnumerable<long> uids) =>
        uids.Chunk(UidsInCommand).Select(part => string.Join(',', part.Select(uid => uid.ToString(CultureInfo.InvariantCulture))));

    /// <summary>What a FETCH tells of each message that it was asked for: names and values, by the uid.</summary>
    public async Task<IReadOnlyDictionary<long, ImapNode>> FetchAsync(IEnumerable<long> uids, string items, CancellationToken cancellationToken)
    {
        Dictionary<long, ImapNode> found = [];
        foreach (var set in SetsOf(uids))
        {
            foreach (var answer in await AskAsync("It does not give the messages", new ImapCommand($"UID FETCH {set} (UID {items})"), cancellationToken))
            {
                if (answer.Status == "FETCH" && answer.Values() is [var values] && values.Find("UID")?.Number is { } uid)
                {
                    // What comes unasked, such as changed flags, has not all that was asked for.
                    found[uid] = found.TryGetValue(uid, out var before) && before.List.Count > values.List.Count ? before : values;
                }
            }
        }

        return found;
    }
}
