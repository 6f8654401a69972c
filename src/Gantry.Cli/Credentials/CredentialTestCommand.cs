using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gantry.Cli.CommandLine;
using Gantry.Cli.Endpoints;
using Gantry.Cli.Hubs;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Secrets;
using Gantry.Plugins;

namespace Gantry.Cli.Credentials;

/// <summary>"gantry credential test".</summary>
internal static class CredentialTestCommand
{
    private const string Host = "--host";
    private const string Port = "--port";
    private const string Kind = "--kind";
    private const string User = "--user";
    private const string Tls = "--tls";
    private const string Authorities = "--ca-file";

    public static Command Describe() => new()
    {
        Name = "test",
        Help = "Signs in to an FTP or SFTP server with a website's credentials, and says what happened.",
        Arguments = [new("NAME", "The credential with the password, when it belongs to no website.") { IsRequired = false }],
        Options =
        [
            CredentialCommand.Website with { Help = "The website: its FTP_USERNAME and FTP_PASSWORD, or SFTP_USERNAME and SFTP_PASSWORD or SFTP_KEY." },
            new(Host, "The server; else the website's FTP_HOST or SFTP_HOST.") { Value = "HOST" },
            new(Port, "Its port; else the website's FTP_PORT or SFTP_PORT, else the usual one.") { Value = "PORT" },
            new(Kind, "ftp or sftp; else what the website's credentials are for.") { Value = "KIND" },
            new(User, "The login's name, instead of the stored one.") { Value = "NAME" },
            new(Tls, "For FTP: explicit, the default, implicit, or none, by which the password goes out in plain text.") { Value = "HOW" },
            new(Authorities, "For FTP: the certificates to trust instead of this machine's, as PEM.") { Value = "FILE" },
            CredentialCommand.Json, .. StoreChoice.Options, HubChoice.Option,
        ],
        Notes = ["Exit status: 0 signed in, 1 a credential is missing, 2 wrong usage, 3 not reached, refused or timed out, 130 cancelled."],
        Examples = ["gantry credential test --website sample-website --host ftp.example.org"],
        RunAsync = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        if (HubChoice.Asked(invocation) is not null)
        {
            return await RunOnHubAsync(invocation, cancellationToken);
        }

        using var places = CredentialCommand.Places(invocation);
        var login = await LoginCredentials.FindAsync(places, invocation.FindArgument("NAME"), invocation.Find(CredentialCommand.Website.Name), KindOf(invocation), cancellationToken);
        LoginAttempt attempt = new()
        {
            Host = HostOf(invocation.Find(Host) ?? login.Host ?? throw new UsageException($"Which server? Give {Host} HOST.")),
            Port = invocation.FindInteger(Port, 1, 65535) ?? login.Port,
            User = invocation.Find(User) ?? login.User ?? throw new CommandException($"There is no {login.UserName} in {places.Place}. Store it, or give {User} NAME."),
            Password = login.Password,
            Key = login.Key,
            Tls = TlsOf(invocation),
            Authorities = AuthoritiesOf(invocation.Find(Authorities)),
            Context = UserEndpointOpener.UserContext(),
        };
        EndpointException? failure = null;
        try
        {
            await AllPlugins.Logins.First(probe => probe.Id == login.Kind).SignInAsync(attempt, cancellationToken);
        }
        catch (EndpointException failed)
        {
            failure = failed;
        }

        Show(Result(login.Kind, attempt, failure), invocation.Has(CredentialCommand.Json.Name));
        return failure is null ? ExitStatus.Succeeded : CommandProgram.StatusOf(failure.Error) is var status && status == ExitStatus.Failed ? ExitStatus.CannotConnect : status;
    }

    private static async Task<int> RunOnHubAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var kind = KindOf(invocation);
        var name = invocation.FindArgument("NAME")
            ?? (invocation.Find(CredentialCommand.Website.Name) is { } website ? CredentialName.Of(website, $"{(kind ?? "ftp").ToUpperInvariant()}_PASSWORD") : throw new UsageException("Which credential? Give its NAME, or --website."));
        JsonObject body = [];
        foreach (var (member, value) in new[] { ("host", invocation.Find(Host)), ("kind", kind), ("user", invocation.Find(User)), ("tls", invocation.Find(Tls)) })
        {
            if (value is not null)
            {
                body[member] = value;
            }
        }

        if (invocation.FindInteger(Port, 1, 65535) is { } port)
        {
            body["port"] = port;
        }

        using var hub = HubChoice.Open(invocation);
        var answer = await hub.SendAsync(HttpMethod.Post, HubCredentials.PathOf(name) + "/test", body, cancellationToken) ?? default;
        Answer.Print(answer, invocation.Has(CredentialCommand.Json.Name));
        return answer.Find("ok")?.ValueKind == JsonValueKind.True ? ExitStatus.Succeeded : ExitStatus.CannotConnect;
    }

    private static string? KindOf(Invocation invocation) => invocation.Find(Kind) is not { } kind || AllPlugins.Logins.Any(probe => probe.Id == kind)
        ? invocation.Find(Kind)
        : throw new UsageException($"{Kind} is one of {string.Join(", ", AllPlugins.Logins.Select(probe => probe.Id))}, not '{kind}'.");

    private static string HostOf(string host) =>
        host.Length is > 0 and <= 253 && host[0] != '-' && host.All(character => char.IsLetterOrDigit(character) || character is '.' or '-' or ':' or '_' or '[' or ']')
            ? host.Trim('[', ']')
            : throw new UsageException($"'{EndpointPath.Printable(host)}' is no host name.");

    private static LoginTls TlsOf(Invocation invocation) => invocation.Find(Tls) switch
    {
        null or "explicit" => LoginTls.Explicit,
        "implicit" => LoginTls.Implicit,
        "none" => LoginTls.None,
        var other => throw new UsageException($"{Tls} is explicit, implicit or none, not '{other}'."),
    };

    private static X509Certificate2Collection? AuthoritiesOf(string? file)
    {
        if (file is null)
        {
            return null;
        }

        try
        {
            X509Certificate2Collection authorities = [];
            authorities.ImportFromPemFile(file);
            return authorities.Count > 0 ? authorities : throw new UsageException($"There is no certificate in '{file}'.");
        }
        catch (CryptographicException unreadable)
        {
            throw new UsageException($"The certificates in '{file}' cannot be read: {unreadable.Message}");
        }
    }

    private static JsonObject Result(string kind, LoginAttempt attempt, EndpointException? failure) => new()
    {
        ["ok"] = failure is null,
        ["kind"] = kind,
        ["host"] = attempt.Host,
        ["port"] = attempt.Port,
        ["user"] = attempt.User,
        ["passed"] = new JsonArray([.. attempt.Passed.Select(phase => JsonValue.Create(phase))]),
        ["reason"] = failure is null ? null : JsonNamingPolicy.SnakeCaseLower.ConvertName(failure.Error.ToString()),
        ["detail"] = failure?.Message,
    };

    private static void Show(JsonObject result, bool asJson)
    {
        if (asJson)
        {
            Answer.Print(JsonElement.Parse(result.ToJsonString()), asJson: true);
        }
        else if ((bool)result["ok"]!)
        {
            Console.Out.WriteLine($"Signed in to {EndpointPath.Printable((string)result["host"]!)} as '{EndpointPath.Printable((string)result["user"]!)}' by {result["kind"]}.");
        }
        else
        {
            Console.Error.WriteLine($"gantry: {result["detail"]}");
        }
    }
}
