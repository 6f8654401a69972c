using System.Buffers.Binary;
using System.Net.Sockets;
using System.Security.Cryptography;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Rclone;

/// <summary>How a connection comes to be: the version, the login, the share.</summary>
internal sealed partial class SmbConnection
{
    private const int CreditsWanted = 512;
    private const int CreditsMore = 32;
    private const int WriteBytesMost = 256 * 1024;
    private const int CreditBytes = 64 * 1024;

    /// <summary>Null when this server or share is not for it: it wants encryption, another login or another version. Nobody is asked for anything twice.</summary>
    public static async Task<SmbConnection?> OpenAsync(SmbPlace place, TimeProvider clock, TimeSpan patience, CancellationToken cancellationToken)
    {
        Socket socket = place.Dialled is { } address ? new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) : new(SocketType.Stream, ProtocolType.Tcp);
        SmbConnection connection = new(socket, clock, patience);
        using var limit = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var isMade = false;
        try
        {
            socket.NoDelay = true;
            await (place.Dialled is { } dialled
                ? socket.ConnectAsync(dialled, place.Port, either.Token)
                : socket.ConnectAsync(place.Host, place.Port, either.Token)).ConfigureAwait(false);
            isMade = await connection.TrySignInAsync(place, either.Token).ConfigureAwait(false);
            if (isMade)
            {
                connection.Start();
            }
        }
        catch (Exception failed) when (failed is SocketException or EndpointException or OperationCanceledException or CryptographicException)
        {
            // Then it is not made; the long way tells what stands in the way.
        }
        finally
        {
            if (!isMade)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }
        }

        return isMade ? connection : null;
    }

    private async ValueTask<bool> TrySignInAsync(SmbPlace place, CancellationToken cancellationToken)
    {
        const int DiskShare = 1;
        const uint EncryptsShare = 0x8000;
        const uint Distributed = 0x8;
        const ushort IsGuest = 1;
        const ushort IsNobody = 2;
        const ushort EncryptsSession = 4;
        var history = new byte[SHA512.HashSizeInBytes];
        ReadOnlyMemory<ushort> dialects = new ushort[] { SmbDialect.Smb21, SmbDialect.Smb30, SmbDialect.Smb302, SmbDialect.Smb311 };
        var (negotiated, _) = await AskAsync(SmbRequest.Negotiate(dialects.Span, Guid.CreateVersion7(), RandomNumberGenerator.GetBytes(32)), history, cancellationToken).ConfigureAwait(false);
        if (!negotiated.IsGood || negotiated.Body.Length < 64)
        {
            return false;
        }

        var dialect = BinaryPrimitives.ReadUInt16LittleEndian(negotiated.Body.AsSpan(4));
        if (!dialects.Span.Contains(dialect) || (dialect == SmbDialect.Smb311 && !HashesHistory(negotiated.Body)))
        {
            return false;
        }

        var isLarge = (negotiated.Body[24] & SmbRequest.LargeWrites) != 0;
        WriteBytesMax = (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(negotiated.Body.AsSpan(36)), (uint)(isLarge ? WriteBytesMost : CreditBytes));

        Ntlm login = new(place.User, place.Domain, place.Password);
        var (challenged, _) = await AskAsync(SmbRequest.SessionSetup(login.Begin()), history, cancellationToken).ConfigureAwait(false);
        if (challenged is not { Status: SmbAnswer.MoreToCome, Token: { } challenge } || login.Answer(challenge, clock.GetUtcNow()) is not { } answer)
        {
            return false;
        }

        // What is said from here on does not count as history.
        var (entered, message) = await AskAsync(SmbRequest.SessionSetup(answer), history, cancellationToken, isLast: true).ConfigureAwait(false);
        if (!entered.IsGood || entered.Body.Length < 4 || (BinaryPrimitives.ReadUInt16LittleEndian(entered.Body.AsSpan(2)) & (IsGuest | IsNobody | EncryptsSession)) != 0)
        {
            return false;
        }

        ofOurs = new SmbSigner(dialect, login.SessionKey, history);
        ofTheirs = new SmbSigner(dialect, login.SessionKey, history);
        if (!ofTheirs.IsGood(message))
        {
            return false;
        }

        var (there, _) = await AskAsync(SmbRequest.TreeConnect($@"\\{place.Host}\{place.Share}"), history, cancellationToken, isLast: true).ConfigureAwait(false);
        return there.IsGood && there.Body.Length >= 12 && there.Body[2] == DiskShare
            && (BinaryPrimitives.ReadUInt32LittleEndian(there.Body.AsSpan(4)) & EncryptsShare) == 0
            && (BinaryPrimitives.ReadUInt32LittleEndian(there.Body.AsSpan(8)) & Distributed) == 0;
    }

    /// <summary>One question before others are let in. Its frames become part of the history, of the last one only what is asked.</summary>
    private async ValueTask<(SmbAnswer Answer, byte[] Message)> AskAsync(SmbRequest request, byte[] history, CancellationToken cancellationToken, bool isLast = false)
    {
        var frame = Frame([request], ofOurs, (_, _) => { });
        credits -= request.Charge;
        Remember(frame.AsSpan(4));
        for (var sent = 0; sent < frame.Length;)
        {
            sent += await socket.SendAsync(frame.AsMemory(sent), cancellationToken).ConfigureAwait(false);
        }

        while (true)
        {
            var message = await ReadFrameAsync(cancellationToken).ConfigureAwait(false);
            if (Messages(message, ofTheirs) is [(_, var answer)])
            {
                sessionId = BinaryPrimitives.ReadUInt64LittleEndian(message.AsSpan(40));
                treeId = BinaryPrimitives.ReadUInt32LittleEndian(message.AsSpan(36));
                if (!isLast)
                {
                    Remember(message);
                }

                return (answer, message);
            }
        }

        void Remember(ReadOnlySpan<byte> said)
        {
            if (ofOurs is null)
            {
                SHA512.HashData([.. history, .. said], history);
            }
        }
    }

    /// <summary>Whether the server, too, proves what led to the login, by the one hash that there is.</summary>
    private static bool HashesHistory(byte[] negotiated)
    {
        const int Preauthentication = 1;
        const int Sha512 = 1;
        var count = BinaryPrimitives.ReadUInt16LittleEndian(negotiated.AsSpan(6));
        var at = BinaryPrimitives.ReadInt32LittleEndian(negotiated.AsSpan(60)) - SmbRequest.HeadBytes;
        for (; count > 0 && at >= 0 && at <= negotiated.Length - 14; count--)
        {
            var context = negotiated.AsSpan(at);
            var length = BinaryPrimitives.ReadUInt16LittleEndian(context[2..]);
            if (BinaryPrimitives.ReadUInt16LittleEndian(context) == Preauthentication)
            {
                return BinaryPrimitives.ReadUInt16LittleEndian(context[12..]) == Sha512;
            }

            at += (8 + length + 7) / 8 * 8;
        }

        return false;
    }
}
