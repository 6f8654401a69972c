using System.Buffers.Binary;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Gantry.TestServers;

/// <summary>How a played MySQL server lets its one user in.</summary>
public sealed record PlayedMysqlLogin
{
    public const string User = "shop_reader";

    public string Password { get; init; } = "p4ss w\u00f6rd";

    /// <summary>What the greeting names.</summary>
    public string Offered { get; init; } = "caching_sha2_password";

    /// <summary>What the user signs in by; another one than that of the greeting is asked for by a switch.</summary>
    public string Way { get; init; } = "caching_sha2_password";

    /// <summary>The hash of the password is in the server's cache.</summary>
    public bool IsCached { get; init; }

    /// <summary>The PEM that is sent as the server's key in place of its own.</summary>
    public string? KeyTold { get; init; }
}

/// <summary>A server of MySQL's protocol as its documents have it, strict towards its client: for signing in as MariaDB does not, and for what no real server would answer.</summary>
public sealed class PlayedMysqlServer : IAsyncDisposable
{
    private const uint Protocol41 = 1 << 9, WithDatabase = 1 << 3, Ssl = 1 << 11, SecureConnection = 1 << 15, LocalFiles = 1 << 7, MultiStatements = 1 << 16, PluginAuth = 1 << 19;
    private const uint Capabilities = 0xFFFFFFFF & ~(1u << 5) & ~(1u << 24) & ~(1u << 21) & ~(1u << 26);

    private readonly PlayedServer server;
    private readonly PlayedMysqlLogin login;
    private readonly X509Certificate2? certificate;
    private readonly Func<PlayedMysqlPeer, byte[], Task> answerAsync;
    private readonly RSA key = RSA.Create(2048);
    private readonly Lock guard = new();
    private readonly List<string> faults = [];
    private readonly List<string> heard = [];

    /// <param name="login">Who may sign in, and how.</param>
    /// <param name="answerAsync">Answers a command after those that begin a session; null for one that answers nothing else.</param>
    /// <param name="certificate">With it, TLS is offered.</param>
    public PlayedMysqlServer(PlayedMysqlLogin login, Func<PlayedMysqlPeer, byte[], Task>? answerAsync = null, TestCertificate? certificate = null)
    {
        this.login = login;
        this.answerAsync = answerAsync ?? ((peer, _) => peer.RefuseAsync(1047, "08S01", "Unknown command"));
        this.certificate = certificate is null ? null : X509Certificate2.CreateFromPemFile(certificate.File, certificate.KeyFile);
        server = new PlayedServer(ConverseAsync);
    }

    public int Port => server.Port;

    public string Key => key.ExportSubjectPublicKeyInfoPem();

    /// <summary>What the client did that the protocol does not allow.</summary>
    public IReadOnlyList<string> Faults
    {
        get
        {
            lock (guard)
            {
                return [.. faults];
            }
        }
    }

    /// <summary>How the client proved itself, step by step: "scramble", "key asked", "rsa", "plain in tls", "plain".</summary>
    public IReadOnlyList<string> Heard
    {
        get
        {
            lock (guard)
            {
                return [.. heard];
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        certificate?.Dispose();
        key.Dispose();
    }

    private async Task ConverseAsync(PlayedTalk talk)
    {
        await using var peer = new PlayedMysqlPeer(talk.Stream, talk.Stop);
        try
        {
            if (await SignInAsync(peer))
            {
                await AnswerAllAsync(peer);
            }
        }
        catch (PlayedMysqlFault fault)
        {
            Note(faults, fault.Message);
        }
        catch (AuthenticationException)
        {
            // The client does not trust the certificate, and says no more.
        }
    }

    private async Task<bool> SignInAsync(PlayedMysqlPeer peer)
    {
        var nonce = Nonce();
        await peer.SendAsync(Greeting(nonce));
        var head = await peer.ReadAsync();
        var isSecure = false;
        if (head.Length == 32)
        {
            Require(certificate is not null && (BinaryPrimitives.ReadUInt32LittleEndian(head) & Ssl) != 0, "TLS was asked for, which was not offered.");
            await peer.SecureAsync(certificate!);
            isSecure = true;
            head = await peer.ReadAsync();
        }

        var (way, proof) = ReadResponse(head, isSecure);
        if (way != login.Way)
        {
            nonce = Nonce();
            await peer.SendAsync([0xFE, .. Encoding.ASCII.GetBytes(login.Way), 0, .. nonce, 0]);
            proof = await peer.ReadAsync();
        }

        if (!await IsProvenAsync(peer, proof, nonce, isSecure))
        {
            await peer.RefuseAsync(1045, "28000", $"Access denied for user '{PlayedMysqlLogin.User}'@'localhost' (using password: YES)");
            return false;
        }

        await peer.OkAsync();
        return true;
    }

    private byte[] Greeting(byte[] nonce)
    {
        var offered = certificate is null ? Capabilities & ~Ssl : Capabilities;
        List<byte> greeting = [10, .. "8.4.5\0"u8, 7, 0, 0, 0, .. nonce[..8], 0, (byte)offered, (byte)(offered >> 8), 255, 2, 0, (byte)(offered >> 16), (byte)(offered >> 24), 21];
        return [.. greeting, .. new byte[10], .. nonce[8..], 0, .. Encoding.ASCII.GetBytes(login.Offered), 0];
    }

    private static (string Way, byte[] Proof) ReadResponse(byte[] packet, bool isSecure)
    {
        Require(packet.Length > 33, "The answer to the greeting is too short.");
        var flags = BinaryPrimitives.ReadUInt32LittleEndian(packet);
        Require((flags & Protocol41) != 0 && (flags & SecureConnection) != 0 && (flags & PluginAuth) != 0, "The client lacks what signing in needs.");
        Require((flags & (LocalFiles | MultiStatements)) == 0, "The client would send files, or take several statements as one.");
        Require((flags & Ssl) != 0 == isSecure, "The client says otherwise of TLS than it does.");
        Require(packet.AsSpan(9, 23).IndexOfAnyExcept((byte)0) < 0, "What is reserved is not zero.");
        var rest = packet.AsSpan(32);
        Require(Until(ref rest) == PlayedMysqlLogin.User, "That user is not known.");
        var proof = rest.Slice(1, rest[0]).ToArray();
        rest = rest[(1 + proof.Length)..];
        if ((flags & WithDatabase) != 0)
        {
            Require(Until(ref rest) == "shop", "That database is not known.");
        }

        var way = Until(ref rest);
        Require(rest.IsEmpty, "There is more behind the way to sign in.");
        return (way, proof);
    }

    private async Task<bool> IsProvenAsync(PlayedMysqlPeer peer, byte[] proof, byte[] nonce, bool isSecure)
    {
        switch (login.Way)
        {
            case "mysql_native_password":
                Note(heard, "scramble");
                return proof.Length == SHA1.HashSizeInBytes && SHA1.HashData(Mixed(proof, SHA1.HashData([.. nonce, .. SHA1.HashData(SHA1.HashData(PasswordBytes))]))).SequenceEqual(SHA1.HashData(SHA1.HashData(PasswordBytes)));
            case "mysql_clear_password":
                return IsPlain(proof, isSecure);
            case "sha256_password" when isSecure:
                return IsPlain(proof, isSecure);
            case "sha256_password":
                return await IsEncryptedAsync(peer, proof, nonce, asked: 1);
            case "caching_sha2_password" when proof.Length == 0:
                return login.Password.Length == 0;
        }

        Note(heard, "scramble");
        Require(proof.Length == SHA256.HashSizeInBytes, "A scramble has 32 bytes.");
        var stored = SHA256.HashData(SHA256.HashData(PasswordBytes));
        if (login.IsCached && SHA256.HashData(Mixed(proof, SHA256.HashData([.. stored, .. nonce]))).SequenceEqual(stored))
        {
            await peer.SendAsync([1, 3]);
            return true;
        }

        await peer.SendAsync([1, 4]);
        proof = await peer.ReadAsync();
        return isSecure ? IsPlain(proof, isSecure) : await IsEncryptedAsync(peer, proof, nonce, asked: 2);
    }

    private byte[] PasswordBytes => Encoding.UTF8.GetBytes(login.Password);

    private bool IsPlain(byte[] proof, bool isSecure)
    {
        Note(heard, isSecure ? "plain in tls" : "plain");
        Require(proof is [.., 0], "A password ends with NUL.");
        return proof.AsSpan(0, proof.Length - 1).SequenceEqual(PasswordBytes);
    }

    private async Task<bool> IsEncryptedAsync(PlayedMysqlPeer peer, byte[] proof, byte[] nonce, byte asked)
    {
        if (proof.Length == 1 && proof[0] == asked)
        {
            Note(heard, "key asked");
            await peer.SendAsync([1, .. Encoding.ASCII.GetBytes(login.KeyTold ?? Key)]);
            proof = await peer.ReadAsync();
        }

        Note(heard, "rsa");
        Require(proof.Length == key.KeySize / 8, "What is encrypted is as long as the key.");
        try
        {
            var content = Mixed(key.Decrypt(proof, RSAEncryptionPadding.OaepSHA1), nonce);
            Require(content is [.., 0], "A password ends with NUL.");
            return content.AsSpan(0, content.Length - 1).SequenceEqual(PasswordBytes);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private async Task AnswerAllAsync(PlayedMysqlPeer peer)
    {
        while (true)
        {
            peer.Begin();
            var command = await peer.ReadAsync();
            Require(command.Length > 0, "A command is empty.");
            var sql = command[0] == 3 ? Encoding.UTF8.GetString(command, 1, command.Length - 1) : "";
            if (sql.StartsWith("SET ", StringComparison.Ordinal) || sql is "START TRANSACTION" or "COMMIT")
            {
                await peer.OkAsync();
            }
            else if (sql.StartsWith("KILL ", StringComparison.Ordinal))
            {
                Note(heard, "kill");
                await peer.OkAsync();
            }
            else
            {
                await answerAsync(peer, command);
            }
        }
    }

    /// <summary>Bytes that are none of them NUL, as the protocol wants them.</summary>
    private static byte[] Nonce() => [.. RandomNumberGenerator.GetBytes(20).Select(value => (byte)((value & 0x7F) | 1))];

    private static byte[] Mixed(byte[] content, byte[] mask) => [.. content.Select((value, index) => (byte)(value ^ mask[index % mask.Length]))];

    private static string Until(ref Span<byte> rest)
    {
        var end = rest.IndexOf((byte)0);
        Require(end >= 0, "A text does not end with NUL.");
        var text = Encoding.UTF8.GetString(rest[..end]);
        rest = rest[(end + 1)..];
        return text;
    }

    private static void Require(bool isSo, string fault)
    {
        if (!isSo)
        {
            throw new PlayedMysqlFault(fault);
        }
    }

    private void Note(List<string> list, string what)
    {
        lock (guard)
        {
            list.Add(what);
        }
    }
}

/// <summary>What the client did wrong.</summary>
public sealed class PlayedMysqlFault(string message) : Exception(message);
