using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Gantry.Plugins.Endpoints.Rclone;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>What the connection for small files believes, and what it does not.</summary>
public sealed class SmbConnectionSpecs
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "31d6cfe0d16ae931b73c59d7e0c089c0")]
    [InlineData("abc", "a448017aaf21d8525fc10ae87aa6729d")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345678901234567890", "e33b4ddc9c38f2199c3e7b164fcc0536")]
    public void MD4_is_as_RFC_1320_has_it(string text, string expected) => Convert.ToHexStringLower(Ntlm.Md4(Encoding.ASCII.GetBytes(text))).ShouldBe(expected);

    [Theory]
    [InlineData(0x0210, 64)]
    [InlineData(0x0210, 4201)]
    [InlineData(0x0302, 64)]
    [InlineData(0x0302, 77)]
    [InlineData(0x0311, 4208)]
    public void A_message_is_believed_as_it_was_signed_and_with_one_other_bit_no_more(int dialect, int length)
    {
        byte[] key = [.. Enumerable.Range(1, 16).Select(value => (byte)value)];
        using SmbSigner ours = new(dialect, key, new byte[64]);
        using SmbSigner theirs = new(dialect, key, new byte[64]);
        using SmbSigner others = new(dialect, [.. key.Reverse()], new byte[64]);
        byte[] message = [.. Enumerable.Range(0, length).Select(value => (byte)value)];

        ours.Sign(message);

        theirs.IsGood(message).ShouldBeTrue();
        others.IsGood(message).ShouldBeFalse();
        foreach (var at in (int[])[0, 12, 47, 48, 63, length / 2, length - 1])
        {
            message[at] ^= 4;
            theirs.IsGood(message).ShouldBeFalse($"byte {at}");
            message[at] ^= 4;
        }
    }

    [Fact]
    public void A_login_is_not_given_to_what_is_no_challenge()
    {
        byte[] challenge = [.. "NTLMSSP\0"u8, 2, 0, 0, 0, .. new byte[44]];
        Answered(challenge).ShouldNotBeNull();

        Answered([]).ShouldBeNull();
        Answered([.. challenge[..47]]).ShouldBeNull();
        Answered([.. challenge[..8], 3, .. challenge[9..]]).ShouldBeNull();

        // What it says of itself would lie beyond its end, or is cut.
        BinaryPrimitives.WriteUInt16LittleEndian(challenge.AsSpan(40), 8);
        BinaryPrimitives.WriteUInt32LittleEndian(challenge.AsSpan(44), uint.MaxValue - 3);
        Answered(challenge).ShouldBeNull();
        BinaryPrimitives.WriteUInt32LittleEndian(challenge.AsSpan(44), 48);
        challenge[48] = 7;
        challenge[50] = 200;
        Answered(challenge).ShouldNotBeNull();

        static byte[]? Answered(byte[] message)
        {
            Ntlm login = new("user", "DOMAIN", "password");
            login.Begin();
            return login.Answer(message, DateTimeOffset.UnixEpoch);
        }
    }

    [Theory(Timeout = 120_000)]
    [InlineData("")]
    [InlineData("00000000")]
    [InlineData("00ffffff")]
    [InlineData("85000000")]
    [InlineData("485454502f312e31203430302042616420526571756573740d0a0d0a")]
    public async Task A_server_that_speaks_something_else_is_left_alone(string hex) => (await TryAsync(Convert.FromHexString(hex))).ShouldBeNull();

    [Theory(Timeout = 120_000)]
    [InlineData(20, 0xFFFFFFFF)]
    [InlineData(20, 8)]
    [InlineData(20, 5000)]
    [InlineData(8, 0xC0000022)]
    [InlineData(68, 0x0999)]
    [InlineData(68, 0x0202)]
    [InlineData(68, 0x7FFF0311)]
    [InlineData(124, 0x7FFFFFFF)]
    [InlineData(124, 0x80000000)]
    public async Task An_answer_that_makes_no_sense_is_none(int at, uint value)
    {
        // A head and an answer to the choice of a version: SMB 3.1.1 with one thing agreed upon.
        var frame = new byte[4 + 64 + 64 + 16];
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - 4);
        var message = frame.AsSpan(4);
        ((byte[])[0xFE, .. "SMB"u8, 64, 0]).CopyTo(message);
        message[14] = 1;
        message[64] = 65;
        BinaryPrimitives.WriteUInt32LittleEndian(message[68..], 0x0001_0311);
        BinaryPrimitives.WriteUInt32LittleEndian(message[124..], 128);
        message[128] = 1;
        message[140] = 1;
        BinaryPrimitives.WriteUInt32LittleEndian(message[at..], value);

        (await TryAsync(frame)).ShouldBeNull();
    }

    /// <summary>What becomes of a server that says just this and hangs up.</summary>
    private static async Task<SmbConnection?> TryAsync(byte[] answer)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(
            async () =>
            {
                using var socket = await listener.AcceptSocketAsync(Token);
                await socket.ReceiveAsync(new byte[64 * 1024], Token);
                await socket.SendAsync(answer, Token);
                socket.Shutdown(SocketShutdown.Send);
                try
                {
                    while (await socket.ReceiveAsync(new byte[1024], Token) > 0)
                    {
                        // Until it, too, has hung up.
                    }
                }
                catch (SocketException)
                {
                    // So it has.
                }
            },
            Token);
        SmbPlace place = new()
        {
            Dialled = IPAddress.Loopback,
            Host = "files.example.org",
            Port = ((IPEndPoint)listener.LocalEndpoint).Port,
            Share = "share",
            User = "user",
            Domain = "DOMAIN",
            Password = "password",
        };

        var connection = await SmbConnection.OpenAsync(place, TimeProvider.System, TimeSpan.FromSeconds(30), Token);

        await serving;
        return connection;
    }
}
