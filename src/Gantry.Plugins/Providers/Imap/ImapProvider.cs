using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Imap;

/// <summary>Reads and sorts the mail of any mailbox (RFC 3501 and 9051). Messages are named by their UIDs, which stay the same while others come and go.</summary>
public sealed class ImapProvider : IProvider
{
    private static readonly Setting mailbox = new() { Name = "mailbox", Default = Scalars.Text("INBOX"), Help = "The mailbox, by its whole name: INBOX, Archive/2026." };

    private static readonly Setting[] messages =
    [
        mailbox,
        new() { Name = "uids", Type = SettingType.List, IsRequired = true, Help = "The messages, by the uid that search gives." },
        new() { Name = "uid_validity", Type = SettingType.Integer, Help = "As search gives it: where it is another now, the uids mean other messages, and nothing is done." },
    ];

    public string Id => "imap";

    public string Title => "Mail (IMAP)";

    public string Help => "Finds, reads and sorts mail in mailboxes.";

    public string Category => "Email";

    public IReadOnlyList<ProviderAction> Actions { get; } =
    [
        new()
        {
            Id = "search",
            Help = "Finds messages, the newest first, and gives who they are from and what they are about.",
            Parameters =
            [
                .. ImapServer.Parameters, mailbox, .. ImapSearch.Parameters,
                new() { Name = "limit", Type = SettingType.Integer, Default = JsonElement.Parse("100"), Help = "How many are described at most, 1 to 1000." },
            ],
            IsRepeatable = true,
        },
        new()
        {
            Id = "fetch",
            Help = "Gives messages with their texts, and saves what is attached to them.",
            Parameters =
            [
                .. ImapServer.Parameters, .. messages,
                new() { Name = "attachments_to", Type = SettingType.Address, Help = "The address of a folder that receives what is attached, each as UID-NAME. Without it, attachments are only told." },
                new() { Name = "messages_to", Type = SettingType.Address, Help = "The address of a folder that receives each message whole, as UID.eml." },
                new() { Name = "mark_seen", Type = SettingType.Boolean, Default = Scalars.False, Help = "Whether the messages are marked as read afterwards." },
                new() { Name = "max_bytes", Type = SettingType.Integer, Default = JsonElement.Parse("104857600"), Help = "A message or an attachment that is larger is not saved: the step fails." },
            ],
            IsRepeatable = true,
        },
        new()
        {
            Id = "mark",
            Help = "Sets flags of messages, and takes others away.",
            Parameters =
            [
                .. ImapServer.Parameters, .. messages,
                new() { Name = "add", Type = SettingType.List, Help = "Flags to set: seen, answered, flagged, draft, deleted, or a word of your own." },
                new() { Name = "remove", Type = SettingType.List, Help = "Flags to take away." },
            ],
            IsRepeatable = true,
        },
        new()
        {
            Id = "move",
            Help = "Moves messages to another mailbox.",
            Parameters =
            [
                .. ImapServer.Parameters, .. messages,
                new() { Name = "to", IsRequired = true, Help = "The mailbox that receives them." },
                new() { Name = "create", Type = SettingType.Boolean, Default = Scalars.False, Help = "Whether that mailbox is made when it is not there." },
            ],
        },
        new()
        {
            Id = "delete",
            Help = "Deletes messages for good. To put them into a bin, move them there.",
            Parameters = [.. ImapServer.Parameters, .. messages],
            IsRepeatable = true,
        },
        new()
        {
            Id = "list_mailboxes",
            Help = "Gives the mailboxes that there are.",
            Parameters = [.. ImapServer.Parameters, new() { Name = "pattern", Default = Scalars.Text("*"), Help = "Only mailboxes whose names match: '*' stands for anything, '%' for anything within one level." }],
            IsRepeatable = true,
        },
    ];

    public async Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var parameters = new HttpCall(call);
        var server = await ImapServer.OfAsync(call, parameters, cancellationToken);
        var timeout = ServerParameters.TimeoutOf(parameters, TimeSpan.FromMinutes(2));
        using var limit = new CancellationTokenSource(timeout, call.Clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        ImapMailbox? box = null;
        try
        {
            await using var session = await ImapSession.OpenAsync(server, new EgressRules(call.EgressAllowed), stop.Token);
            box = new ImapMailbox(session, server, parameters);
            return await RunAsync(call, parameters, box, stop.Token);
        }
        catch (Exception failure) when (failure is not (ProviderException or EndpointException))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw ImapErrors.Of(failure, server, timeout, box?.IsUncertain == true);
        }
    }

    private static Task<ProviderResult> RunAsync(ProviderCall call, HttpCall parameters, ImapMailbox box, CancellationToken cancellationToken) => call.Action switch
    {
        "search" => ImapSearch.RunAsync(box, parameters, cancellationToken),
        "fetch" => new ImapFetch(box, parameters, call).RunAsync(cancellationToken),
        "mark" => ImapChanges.MarkAsync(box, parameters, cancellationToken),
        "move" => ImapChanges.MoveAsync(box, parameters, cancellationToken),
        "delete" => ImapChanges.DeleteAsync(box, cancellationToken),
        _ => ImapChanges.ListAsync(box, parameters, cancellationToken),
    };
}
