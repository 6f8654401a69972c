using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Text;
using Gantry.Engine.Providers.Web;

namespace Gantry.Plugins.Providers.Mysql;

/// <summary>One signed-in conversation with a server.</summary>
internal sealed class MysqlConnection : IAsyncDisposable
{
    // https://dev.mysql.com/doc/dev/mysql-server/latest/group__group__cs__capabilities__flags.html: FOUND_ROWS counts rows that matched, as other databases do. LOCAL_FILES is left out,
    // so that no server asks for files of this machine, and MULTI_STATEMENTS, so that a text is one statement.
    private const uint FoundRows = 1 << 1, LongPassword = 1, LongFlag = 1 << 2, ConnectWithDatabase = 1 << 3, Protocol41 = 1 << 9, Ssl = 1 << 11, Transactions = 1 << 13, SecureConnection = 1 << 15,
        MultiResults = 1 << 17, PreparedMultiResults = 1 << 18, PluginAuth = 1 << 19;

    private const byte Utf8Mb4 = 45;
    private const int GreetingMax = 16 * 1024;
    private const int PacketLengthMax = 0x1000000;

    private readonly MysqlServer server;

    private MysqlConnection(MysqlServer server, MysqlPackets packets) => (this.server, Packets) = (server, packets);

    public MysqlPackets Packets { get; }

    /// <summary>By which another connection can end what this one does.</summary>
    public uint ThreadId { get; private set; }

    public bool IsMariaDb { get; private set; }

    public static async Task<MysqlConnection> OpenAsync(MysqlServer server, EgressRules rules, CancellationToken cancellationToken)
    {
        var stream = await HttpGate.ConnectAsync(new DnsEndPoint(server.Host, server.Port), rules, cancellationToken);
        var connection = new MysqlConnection(server, new MysqlPackets(stream, server.Name));
        try
        {
            await connection.SignInAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a statement that answers no rows.</summary>
    public async Task CommandAsync(string sql, CancellationToken cancellationToken)
    {
        await SendAsync(MysqlCommand.Query, Encoding.UTF8.GetBytes(sql), cancellationToken);
        RequireOk(await Packets.ReadAsync(GreetingMax, cancellationToken));
    }

    public Task SendAsync(MysqlCommand command, ReadOnlySpan<byte> content, CancellationToken cancellationToken)
    {
        Packets.Begin();
        byte[] packet = [(byte)command, .. content];
        return Packets.WriteAsync(packet, cancellationToken);
    }

    /// <summary>Fails with <see cref="MysqlRefusal"/> when the packet is a refusal.</summary>
    public static void ThrowIfRefused(byte[] packet)
    {
        if (packet is not [0xFF, ..])
        {
            return;
        }

        var reader = new MysqlReader(packet.AsSpan(1));
        var code = reader.UInt16();
        var state = "HY000";
        if (reader.Rest() is [(byte)'#', ..])
        {
            reader.Byte();
            state = Encoding.ASCII.GetString(reader.Take(5));
        }

        throw new MysqlRefusal(code, state, Encoding.UTF8.GetString(reader.Rest()));
    }

    public async ValueTask DisposeAsync() => await Packets.DisposeAsync();

    private void RequireOk(byte[] packet)
    {
        ThrowIfRefused(packet);
        if (packet is not [0, ..])
        {
            throw MysqlErrors.Protocol(server.Name, "it answers otherwise than MySQL does");
        }
    }

    private async Task SignInAsync(CancellationToken cancellationToken)
    {
        var greeting = await Packets.ReadAsync(GreetingMax, cancellationToken);
        ThrowIfRefused(greeting);
        var (offered, nonce, way) = ReadGreeting(greeting);
        var wanted = LongPassword | FoundRows | LongFlag | Protocol41 | Transactions | SecureConnection | MultiResults | PreparedMultiResults | PluginAuth
            | (server.Database is null ? 0 : ConnectWithDatabase) | (server.Tls == "disable" ? 0 : Ssl);
        if ((offered & Protocol41) == 0 || (offered & SecureConnection) == 0)
        {
            throw MysqlErrors.Protocol(server.Name, "it is too old: MySQL 4.1 is the first whose protocol is spoken here");
        }

        if (server.Tls != "disable")
        {
            await SecureAsync(offered, wanted, cancellationToken);
        }

        // A server whose user signs in otherwise asks for that by a switch.
        way = way == MysqlAuth.CachingSha2 ? way : MysqlAuth.Native;
        await Packets.WriteAsync(Response(wanted & (offered | Ssl), nonce, way), cancellationToken);
        await ProveAsync(way, nonce, cancellationToken);
    }

    private (uint Offered, byte[] Nonce, string Way) ReadGreeting(byte[] greeting)
    {
        try
        {
            var reader = new MysqlReader(greeting);
            if (reader.Byte() != 10)
            {
                throw MysqlErrors.Protocol(server.Name, "it does not greet as MySQL does");
            }

            IsMariaDb = Encoding.ASCII.GetString(reader.UntilNul()).Contains("MariaDB", StringComparison.OrdinalIgnoreCase);
            ThreadId = reader.UInt32();
            byte[] nonce = [.. reader.Take(8)];
            reader.Byte();
            var offered = (uint)reader.UInt16();
            reader.Take(3);
            offered |= (uint)reader.UInt16() << 16;
            var length = reader.Byte();
            reader.Take(10);
            nonce = [.. nonce, .. reader.Take(Math.Min(reader.Rest().Length, Math.Max(13, length - 8)))];
            return (offered, nonce, (offered & PluginAuth) != 0 ? Encoding.ASCII.GetString(reader.UntilNul()) : MysqlAuth.Native);
        }
        catch (InvalidDataException)
        {
            throw MysqlErrors.Protocol(server.Name, "it does not greet as MySQL does");
        }
    }

    private async Task SecureAsync(uint offered, uint wanted, CancellationToken cancellationToken)
    {
        if ((offered & Ssl) == 0)
        {
            throw MysqlErrors.NoTls(server);
        }

        await Packets.WriteAsync(Head(wanted & offered), cancellationToken);
        SslStream? secure = null;
        Packets.Secure(plain => secure = new SslStream(plain));
        await secure!.AuthenticateAsClientAsync(server.TlsOptions(), cancellationToken);
    }

    private static byte[] Head(uint capabilities)
    {
        var head = new byte[32];
        BinaryPrimitives.WriteUInt32LittleEndian(head, capabilities);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(4), PacketLengthMax);
        head[8] = Utf8Mb4;
        return head;
    }

    private byte[] Response(uint capabilities, byte[] nonce, string way)
    {
        var proof = MysqlAuth.Scrambled(way, server.Login.Password, nonce, server);
        byte[] database = (capabilities & ConnectWithDatabase) != 0 ? [.. Encoding.UTF8.GetBytes(server.Database!), 0] : [];
        byte[] named = (capabilities & PluginAuth) != 0 ? [.. Encoding.ASCII.GetBytes(way), 0] : [];
        return [.. Head(capabilities), .. Encoding.UTF8.GetBytes(server.Login.UserName), 0, (byte)proof.Length, .. proof, .. database, .. named];
    }

    /// <summary>The server may ask for another way, once, and by one way for more.</summary>
    private async Task ProveAsync(string way, byte[] nonce, CancellationToken cancellationToken)
    {
        const int AnswersMax = 5;
        for (var count = 0; count < AnswersMax; count++)
        {
            var packet = await Packets.ReadAsync(GreetingMax, cancellationToken);
            ThrowIfRefused(packet);
            switch (packet)
            {
                case [0, ..]:
                    return;
                case [0xFE, _, ..]:
                    (way, nonce) = ReadSwitch(packet);
                    await AnswerAsync(way, nonce, cancellationToken);
                    break;
                case [1, 3] when way == MysqlAuth.CachingSha2:
                    break;
                case [1, 4] when way == MysqlAuth.CachingSha2:
                    await TellAsync(way, nonce, cancellationToken);
                    break;
                default:
                    throw MysqlErrors.Login(server, $"{server.Name} signs this user in in a way that is not known here.");
            }
        }

        throw MysqlErrors.Protocol(server.Name, "signing in comes to no end");
    }

    private async Task AnswerAsync(string way, byte[] nonce, CancellationToken cancellationToken)
    {
        switch (way)
        {
            case MysqlAuth.Native or MysqlAuth.CachingSha2:
                await Packets.WriteAsync(MysqlAuth.Scrambled(way, server.Login.Password, nonce, server), cancellationToken);
                break;
            case MysqlAuth.Sha256 or MysqlAuth.Clear when server.Login.Password.Length == 0:
                await Packets.WriteAsync(new byte[1], cancellationToken);
                break;
            case MysqlAuth.Sha256:
                await TellAsync(way, nonce, cancellationToken);
                break;
            case MysqlAuth.Clear:
                await Packets.WriteAsync(MysqlAuth.Plain(server.Login.Password, server), cancellationToken);
                break;
            default:
                throw MysqlErrors.Login(server, $"{server.Name} signs this user in by '{Shown(way)}', which is not known here. Give the user another way: mysql_native_password or caching_sha2_password.");
        }
    }

    /// <summary>The password itself: within TLS as it is, else for the server's RSA key, which is known from before, or asked for where the step says so.</summary>
    private async Task TellAsync(string way, byte[] nonce, CancellationToken cancellationToken)
    {
        if (server.Tls != "disable")
        {
            await Packets.WriteAsync(MysqlAuth.Plain(server.Login.Password, server), cancellationToken);
            return;
        }

        var key = server.RsaKey ?? throw MysqlErrors.Login(
            server, $"{server.Name} wants the password itself, which it gets within TLS only, or encrypted by its RSA key. Set 'tls' to verify-full; or give its key as 'rsa_key' (there: SHOW STATUS LIKE '%rsa_public_key').");
        if (key == MysqlServer.AsksForKey)
        {
            await Packets.WriteAsync(new byte[] { way == MysqlAuth.Sha256 ? (byte)1 : (byte)2 }, cancellationToken);
            var answer = await Packets.ReadAsync(GreetingMax, cancellationToken);
            ThrowIfRefused(answer);
            key = answer is [1, .. var pem] ? Encoding.ASCII.GetString(pem) : throw MysqlErrors.Login(server, $"{server.Name} has no RSA key to sign in by. Set 'tls' to verify-full.");
        }

        await Packets.WriteAsync(MysqlAuth.Encrypted(server.Login.Password, nonce, key, server), cancellationToken);
    }

    private static string Shown(string way) => new([.. way.Where(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-').Take(60)]);

    private static (string Way, byte[] Nonce) ReadSwitch(byte[] packet)
    {
        var reader = new MysqlReader(packet.AsSpan(1));
        var way = Encoding.ASCII.GetString(reader.UntilNul());
        return (way, [.. reader.Rest()]);
    }
}

/// <summary>What a packet asks the server for.</summary>
internal enum MysqlCommand : byte
{
    Quit = 1,
    Query = 3,
    Prepare = 0x16,
    Execute = 0x17,
}
