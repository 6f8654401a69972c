using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Secrets;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Smtp;

/// <summary>
/// Sends mail through a mail server (RFC 5321). System.Net.Mail is not used: it knows no TLS from the first byte, holds attachments in memory, and does not dial the
/// address that was checked.
/// </summary>
public sealed class SmtpProvider : IProvider
{
    private const int RecipientsMax = 1000;
    private const int AttachmentsMax = 100;

    private static readonly ProviderAction sendMail = new()
    {
        Id = "send_mail",
        Help = "Sends a message, to all of its recipients or to none.",
        Tells = new Dictionary<string, string>(StringComparer.Ordinal) { ["subject"] = "${trigger.title}", ["text"] = "${trigger.text}" },
        Parameters =
        [
            new() { Name = "host", IsRequired = true, Help = "The mail server's name or address." },
            new() { Name = "port", Type = SettingType.Integer, Help = "587 when none is given, 465 with tls: implicit, 25 with tls: none." },
            new()
            {
                Name = "tls", Default = Scalars.Text("starttls"), Choices = ["starttls", "implicit", "none"],
                Help = "'starttls' asks for TLS and insists on it, 'implicit' begins with it; with 'none' everybody on the way can read the message.",
            },
            new() { Name = "user", TakesSecrets = true, Help = "The login's name; nobody signs in when none is given." },
            new() { Name = "password", IsSecret = true, Help = "The login's password, as ${cred:NAME}." },
            new() { Name = "from", IsRequired = true, Help = "Who it is from: name@example.org, or Name <name@example.org>." },
            new() { Name = "to", Type = SettingType.Any, IsRequired = true, Help = "Who gets it: an address, or a list of them." },
            new() { Name = "cc", Type = SettingType.Any, Help = "Who gets it too: an address, or a list of them." },
            new() { Name = "bcc", Type = SettingType.Any, Help = "Who gets it without anybody reading so: an address, or a list of them." },
            new() { Name = "reply_to", Type = SettingType.Any, Help = "Where answers go: an address, or a list of them." },
            new() { Name = "subject", IsRequired = true, Help = "What it is about, in one line." },
            new() { Name = "text", Help = "What it says, as plain text." },
            new() { Name = "html", Help = "What it says, as HTML; with 'text' as well, readers show the one they can." },
            new() { Name = "attachments", Type = SettingType.List, Items = SettingType.Address, Help = "Addresses of files: /path, sftp://host/path or name:path of a saved endpoint." },
            ServerParameters.CertificateSha256,
            ServerParameters.Ca,
            new() { Name = "timeout", Type = SettingType.Duration, Default = Scalars.Text("2m"), Help = "How long it may take in all." },
        ],
    };

    public string Id => "smtp";

    public string Title => "Mail (SMTP)";

    public string Help => "Sends mail through any mail server.";

    public string Category => "Email";

    public IReadOnlyList<ProviderAction> Actions { get; } =
    [
        sendMail,
        sendMail with { Id = "send", Help = "Sends a message: send_mail by its shorter name." },
    ];

    public async Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var parameters = new HttpCall(call);
        var message = MessageOf(call, parameters);
        var server = await ServerOf(call, parameters, cancellationToken);
        var timeout = ServerParameters.TimeoutOf(parameters, TimeSpan.FromMinutes(2));
        using var limit = new CancellationTokenSource(timeout, call.Clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await using var session = await SmtpSession.OpenAsync(server, new EgressRules(call.EgressAllowed), stop.Token);
            var reply = await session.SendAsync(message, call.Endpoints, stop.Token);
            return Answer(message, server, reply);
        }
        catch (ProviderException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Fail(ProviderErrorKind.TimedOut, $"{server.Name} did not take the message within {Duration.Format(timeout)}.");
        }
        catch (Exception lost) when (lost is IOException or SocketException)
        {
            throw Fail(ProviderErrorKind.Unavailable, $"{server.Name} could not be reached, or broke off: {lost.Message.TrimEnd('.')}.", lost);
        }
    }

    private static ProviderResult Answer(MailMessage message, SmtpServer server, SmtpReply reply)
    {
        var recipients = message.Recipients.Select(box => box.Address).ToList();
        var output = JsonSerializer.SerializeToElement(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["message_id"] = message.Id,
            ["recipients"] = recipients,
            ["answer"] = reply.Text,
        });
        return ProviderResult.Success(output, $"{server.Name} took the message to {recipients.Count} recipient{(recipients.Count == 1 ? "" : "s")}.");
    }

    private static MailMessage MessageOf(ProviderCall call, HttpCall parameters)
    {
        var from = Mailbox.Parse("from", parameters.FindText("from") ?? "");
        var message = new MailMessage
        {
            From = from,
            To = Mailboxes(parameters, "to"),
            Cc = Mailboxes(parameters, "cc"),
            Bcc = Mailboxes(parameters, "bcc"),
            ReplyTo = Mailboxes(parameters, "reply_to"),
            Subject = parameters.FindText("subject") ?? "",
            Text = parameters.FindText("text"),
            Html = parameters.FindText("html"),
            Attachments = [.. parameters.Find("attachments")?.EnumerateArray().Select(item => Scalars.TextOf(item) ?? "") ?? []],
            Id = $"{call.IdempotencyKey[..Math.Min(32, call.IdempotencyKey.Length)]}@{from.Domain}",
            Date = call.Clock.GetUtcNow(),
        };
        var count = message.Recipients.Count();
        if (count is 0 or > RecipientsMax)
        {
            throw HttpCall.Bad($"A message goes to 1 to {RecipientsMax} recipients, and 'to', 'cc' and 'bcc' name {count}.");
        }

        return message.Attachments.Count <= AttachmentsMax ? message : throw HttpCall.Bad($"A message has at most {AttachmentsMax} attachments.");
    }

    private static List<Mailbox> Mailboxes(HttpCall parameters, string name) => parameters.Find(name) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Select((item, index) => Mailbox.Parse($"{name}[{index}]", Scalars.TextOf(item) ?? ""))],
        _ => [Mailbox.Parse(name, parameters.FindText(name) ?? "")],
    };

    private static async Task<SmtpServer> ServerOf(ProviderCall call, HttpCall parameters, CancellationToken cancellationToken)
    {
        var host = ServerParameters.HostOf(parameters);
        var tls = parameters.FindText("tls") switch
        {
            "implicit" => SmtpTls.Implicit,
            "none" => SmtpTls.None,
            _ => SmtpTls.StartTls,
        };
        var port = ServerParameters.PortOf(parameters, tls switch { SmtpTls.Implicit => 465, SmtpTls.None => 25, _ => 587 });
        return new SmtpServer
        {
            Host = host,
            Port = port,
            Tls = tls,
            Login = await LoginOf(call, parameters, host, port, cancellationToken),
            Trust = ServerParameters.TrustOf(parameters),
        };
    }

    /// <summary>Null when nobody signs in. What carries the password encoded is masked as well.</summary>
    private static async Task<NetworkCredential?> LoginOf(ProviderCall call, HttpCall parameters, string host, int port, CancellationToken cancellationToken)
    {
        if (parameters.FindText("user") is not { } userTemplate)
        {
            return parameters.Find("password") is null ? null : throw HttpCall.Bad("A password without 'user' is of no use: give the login's name as well.");
        }

        var secrets = new SentSecrets(call.Secrets);
        var user = await SecretText.ExpandAsync(userTemplate, secrets, cancellationToken);
        var password = await SecretText.ExpandAsync(parameters.FindText("password") ?? "", secrets, cancellationToken);
        secrets.RequireAllowed(host, port);
        if (user.Contains('\0', StringComparison.Ordinal) || password.Contains('\0', StringComparison.Ordinal))
        {
            throw HttpCall.Bad("'user' or 'password' holds a NUL, which no login has.");
        }

        if (password.Length > 0)
        {
            (call.Secrets as RedactingSecrets)?.Mask(new Secret(Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{user}\0{password}"))));
            (call.Secrets as RedactingSecrets)?.Mask(new Secret(Convert.ToBase64String(Encoding.UTF8.GetBytes(password))));
        }

        return new NetworkCredential(user, password);
    }

    private static ProviderException Fail(ProviderErrorKind kind, string message, Exception? inner = null) =>
        new(new ProviderError { Kind = kind, Message = message, IsTransient = true }, inner);
}
