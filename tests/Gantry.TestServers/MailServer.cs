using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;

namespace Gantry.TestServers;

/// <summary>
/// aiosmtpd on this machine, behind four ports: plain, with STARTTLS that it insists on, with TLS from the first byte, and one where people sign in by AUTH LOGIN only. It refuses
/// recipients whose names begin with "nobody", puts off those with "later", and reads what it takes with Python's own library for mail.
/// </summary>
public sealed class MailServer : IAsyncDisposable
{
    public const string User = "mailer@example.org";
    public const string Password = "p4ss w\u00f6rd";

    private const string Packages = "/usr/lib/python3/dist-packages/aiosmtpd";

    private const string Script = """
        import asyncio, base64, email, email.policy, json, logging, ssl, sys
        from aiosmtpd.smtp import SMTP, AuthResult
        logging.disable()
        options = json.loads(sys.argv[1])
        class Handler:
            def __init__(self, port): self.port = port
            async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
                if address.startswith('nobody'): return '550 5.1.1 No such user here'
                if address.startswith('later'): return '451 4.7.1 Greylisted, come back later'
                envelope.rcpt_tos.append(address)
                return '250 OK'
            async def handle_DATA(self, server, session, envelope):
                content = envelope.original_content or envelope.content
                mail = email.message_from_bytes(content, policy=email.policy.default)
                parts = [{'type': p.get_content_type(), 'file': p.get_filename(), 'bytes': base64.b64encode(p.get_payload(decode=True)).decode()}
                         for p in mail.walk() if not p.is_multipart()]
                print(json.dumps({'port': self.port, 'from': envelope.mail_from, 'to': envelope.rcpt_tos, 'options': envelope.mail_options,
                    'login': bool(session.authenticated), 'tls': server.transport.get_extra_info('ssl_object') is not None, 'raw': base64.b64encode(content).decode(),
                    'headers': {k: str(v) for k, v in mail.items()}, 'structure': [p.get_content_type() for p in mail.walk()], 'parts': parts}), flush=True)
                return '250 OK queued as 17'
        def authenticate(server, session, envelope, mechanism, data):
            return AuthResult(success=data.login.decode() == options['user'] and data.password.decode() == options['password'], handled=False)
        async def main():
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(options['certificate'], options['key'])
            common = dict(hostname='mail.test', enable_SMTPUTF8=True, decode_data=False, authenticator=authenticate, auth_require_tls=False)
            loop = asyncio.get_running_loop()
            ports = {}
            for name, more, implicit in [('plain', {}, False), ('starttls', dict(tls_context=tls, require_starttls=True, auth_required=True), False),
                                         ('implicit', {}, True), ('login', dict(auth_exclude_mechanism=['PLAIN'], auth_required=True), False),
                                         ('ascii', dict(enable_SMTPUTF8=False), False)]:
                make = lambda name=name, more=more: SMTP(Handler(name), loop=loop, **{**common, **more})
                server = await loop.create_server(make, '127.0.0.1', 0, ssl=tls if implicit else None)
                ports[name] = server.sockets[0].getsockname()[1]
            print(json.dumps(ports), flush=True)
            await asyncio.Event().wait()
        asyncio.run(main())
        """;

    private readonly Channel<JsonElement> messages = Channel.CreateUnbounded<JsonElement>();
    private readonly TemporaryFolder folder;
    private readonly Process python;
    private readonly Task reading;

    private MailServer(TemporaryFolder folder, Process python, JsonElement ports, string fingerprint, string authority)
    {
        this.folder = folder;
        this.python = python;
        Ports = ports.EnumerateObject().ToDictionary(port => port.Name, port => port.Value.GetInt32(), StringComparer.Ordinal);
        (Fingerprint, Authority) = (fingerprint, authority);
        reading = ReadAsync();
    }

    /// <summary>"plain", "starttls", "implicit", "login" and "ascii" (which knows no SMTPUTF8).</summary>
    public IReadOnlyDictionary<string, int> Ports { get; }

    /// <summary>Of its certificate, which nobody vouches for.</summary>
    public string Fingerprint { get; }

    /// <summary>The same certificate as PEM; its name is localhost.</summary>
    public string Authority { get; }

    /// <summary>The next message that it took, as Python reads it, once it has.</summary>
    public ValueTask<JsonElement> TakeAsync(CancellationToken cancellationToken) => messages.Reader.ReadAsync(cancellationToken);

    /// <summary>Without python3-aiosmtpd the test is skipped; it fails when CI=true.</summary>
    public static async Task<MailServer> StartAsync()
    {
        SshServer.SkipOrFail(Directory.Exists(Packages), "The mail server needs python3-aiosmtpd.");
        var folder = new TemporaryFolder();
        var certificate = TestCertificate.Make(folder);
        var options = JsonSerializer.Serialize(new
        {
            user = User,
            password = Password,
            certificate = certificate.File,
            key = certificate.KeyFile,
        });
        var python = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-W", "ignore", "-c", Script, options]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var ports = await python.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("aiosmtpd did not start.");
        return new MailServer(folder, python, JsonElement.Parse(ports), certificate.Fingerprint, certificate.Pem);
    }

    public async ValueTask DisposeAsync()
    {
        python.Kill();
        await reading;
        python.Dispose();
        folder.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await python.StandardOutput.ReadLineAsync() is { } line)
        {
            messages.Writer.TryWrite(JsonElement.Parse(line));
        }
    }
}
