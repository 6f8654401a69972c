using System.Buffers.Binary;
using System.Net;
using System.Text;
using Gantry.Engine.Providers;

namespace Gantry.Plugins.Providers.Mqtt;

/// <summary>A message as it came.</summary>
internal sealed record MqttMessage(string Topic, byte[] Payload, bool IsRetained);

/// <summary>One session with a broker (MQTT 3.1.1), which keeps nothing of it.</summary>
internal sealed class MqttSession
{
    private const int PacketMax = 16 * 1024 * 1024;
    private const int MessagesMax = 100_000;
    private const byte Connect = 0x10;
    private const byte ConnectAck = 0x20;
    private const byte Publish = 0x30;
    private const byte PublishAck = 0x40;
    private const byte PublishReceived = 0x50;
    private const byte PublishRelease = 0x62;
    private const byte PublishComplete = 0x70;
    private const byte Subscribe = 0x82;
    private const byte SubscribeAck = 0x90;
    private const byte Disconnect = 0xE0;
    private const ushort PacketId = 1;

    private readonly Stream stream;
    private readonly string server;
    private readonly Queue<MqttMessage> waiting = new();
    private readonly HashSet<ushort> received = [];
    private long waitingBytes;

    private MqttSession(Stream stream, string server) => (this.stream, this.server) = (stream, server);

    public static async Task<MqttSession> OpenAsync(Stream stream, string server, NetworkCredential? login, string clientId, CancellationToken cancellationToken)
    {
        var session = new MqttSession(stream, server);
        var body = new List<byte>();
        Append(body, "MQTT");
        body.Add(4);
        body.Add((byte)(0x02 | (login is null ? 0 : 0x80) | (login?.Password.Length > 0 ? 0x40 : 0)));

        // Nobody is pinged: a session lasts no longer than a step.
        body.AddRange([0, 0]);
        Append(body, clientId);
        if (login is not null)
        {
            Append(body, login.UserName);
            if (login.Password.Length > 0)
            {
                Append(body, login.Password);
            }
        }

        await session.SendAsync(Connect, [.. body], cancellationToken);
        var (type, answer) = await session.ReadAsync(cancellationToken);
        if (type != ConnectAck || answer.Length < 2)
        {
            throw session.NoBroker();
        }

        return answer[1] == 0 ? session : throw session.Refusal(answer[1]);
    }

    /// <summary>Returns when the broker has it, as far as the quality of service makes it say so.</summary>
    public async Task PublishAsync(string topic, byte[] payload, int qos, bool isRetained, CancellationToken cancellationToken)
    {
        var body = new List<byte>(payload.Length + topic.Length + 8);
        Append(body, topic);
        if (qos > 0)
        {
            body.AddRange([PacketId >> 8, PacketId & 0xFF]);
        }

        body.AddRange(payload);
        await SendAsync((byte)(Publish | (qos << 1) | (isRetained ? 1 : 0)), [.. body], cancellationToken);
        if (qos == 1)
        {
            await AwaitAsync(PublishAck, cancellationToken);
        }
        else if (qos == 2)
        {
            await AwaitAsync(PublishReceived, cancellationToken);
            await SendAsync(PublishRelease, [PacketId >> 8, PacketId & 0xFF], cancellationToken);
            await AwaitAsync(PublishComplete, cancellationToken);
        }
    }

    public async Task SubscribeAsync(IReadOnlyList<string> topics, int qos, CancellationToken cancellationToken)
    {
        List<byte> body = [PacketId >> 8, PacketId & 0xFF];
        foreach (var topic in topics)
        {
            Append(body, topic);
            body.Add((byte)qos);
        }

        await SendAsync(Subscribe, [.. body], cancellationToken);
        var answer = await AwaitAsync(SubscribeAck, cancellationToken);
        for (var index = 0; index < topics.Count; index++)
        {
            if (answer.Length <= index + 2 || answer[index + 2] > 2)
            {
                throw Fail(ProviderErrorKind.Unauthorized, $"{server} does not let this login listen to '{topics[index]}'.");
            }
        }
    }

    /// <summary>The next message, answered as its quality of service asks for.</summary>
    public async Task<MqttMessage> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (waiting.Count == 0)
        {
            var (type, body) = await ReadAsync(cancellationToken);
            await TakeAsync(type, body, cancellationToken);
        }

        var message = waiting.Dequeue();
        waitingBytes -= message.Payload.Length;
        return message;
    }

    /// <summary>Takes leave. What was answered before is not undone by a broker that is gone already.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(Disconnect, [], cancellationToken);
        }
        catch (IOException)
        {
            // It has been left.
        }
    }

    private async Task<byte[]> AwaitAsync(byte expected, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (type, body) = await ReadAsync(cancellationToken);
            if ((type & 0xF0) == (expected & 0xF0))
            {
                return body.Length >= 2 && BinaryPrimitives.ReadUInt16BigEndian(body) == PacketId ? body : throw NoBroker();
            }

            await TakeAsync(type, body, cancellationToken);
        }
    }

    private async Task TakeAsync(byte type, byte[] body, CancellationToken cancellationToken)
    {
        switch (type & 0xF0)
        {
            case Publish:
                await TakeMessageAsync(type, body, cancellationToken);
                break;
            case PublishRelease & 0xF0 when body.Length >= 2:
                received.Remove(BinaryPrimitives.ReadUInt16BigEndian(body));
                await SendAsync(PublishComplete, body[..2], cancellationToken);
                break;
            default:
                throw NoBroker();
        }
    }

    private async Task TakeMessageAsync(byte type, byte[] body, CancellationToken cancellationToken)
    {
        var qos = (type >> 1) & 3;
        var length = body.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(body) : int.MaxValue;
        var rest = length + 2L + (qos > 0 ? 2 : 0);
        if (rest > body.Length || qos > 2)
        {
            throw NoBroker();
        }

        var message = new MqttMessage(Encoding.UTF8.GetString(body, 2, length), body[(int)rest..], (type & 1) != 0);
        if (qos == 0)
        {
            Keep(message);
            return;
        }

        var id = body[(length + 2)..(length + 4)];
        if (qos == 1 || received.Add(BinaryPrimitives.ReadUInt16BigEndian(id)))
        {
            Keep(message);
        }

        await SendAsync(qos == 1 ? PublishAck : PublishReceived, id, cancellationToken);
    }

    private void Keep(MqttMessage message)
    {
        waitingBytes += message.Payload.Length;
        if (waitingBytes > PacketMax || waiting.Count == MessagesMax)
        {
            throw Fail(ProviderErrorKind.BadRequest, $"{server} sends more messages at once than a step's output may have. Listen to fewer topics.");
        }

        waiting.Enqueue(message);
    }

    private async Task SendAsync(byte type, byte[] body, CancellationToken cancellationToken)
    {
        List<byte> head = [type];
        var length = body.Length;
        do
        {
            head.Add((byte)((length & 0x7F) | (length > 0x7F ? 0x80 : 0)));
            length >>= 7;
        }
        while (length > 0);
        await stream.WriteAsync((byte[])[.. head, .. body], cancellationToken);
        await stream.FlushAsync(cancellationToken);
    }

    private async Task<(byte Type, byte[] Body)> ReadAsync(CancellationToken cancellationToken)
    {
        var one = new byte[1];
        await ReadExactlyAsync(one, cancellationToken);
        var type = one[0];
        var length = 0;
        for (var shift = 0; ; shift += 7)
        {
            await ReadExactlyAsync(one, cancellationToken);
            length |= (one[0] & 0x7F) << shift;
            if ((one[0] & 0x80) == 0)
            {
                break;
            }

            if (shift == 21)
            {
                throw NoBroker();
            }
        }

        var body = length <= PacketMax ? new byte[length] : throw Fail(ProviderErrorKind.BadRequest, $"{server} sends a message of {length:N0} bytes, which is more than a step's output may have.");
        await ReadExactlyAsync(body, cancellationToken);
        return (type, body);
    }

    private async Task ReadExactlyAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        try
        {
            await stream.ReadExactlyAsync(bytes, cancellationToken);
        }
        catch (EndOfStreamException end)
        {
            throw new IOException("The broker closed the connection.", end);
        }
    }

    private static void Append(List<byte> body, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length > ushort.MaxValue)
        {
            throw Fail(ProviderErrorKind.BadRequest, "A user name, a password or a client's name is longer than MQTT allows.");
        }

        body.AddRange([(byte)(bytes.Length >> 8), (byte)bytes.Length]);
        body.AddRange(bytes);
    }

    private ProviderException Refusal(byte code) => code switch
    {
        1 => Fail(ProviderErrorKind.Upstream, $"{server} does not speak MQTT 3.1.1."),
        2 => Fail(ProviderErrorKind.BadRequest, $"{server} does not accept this client's name. Give the one it asks for by 'client_id'."),
        3 => Fail(ProviderErrorKind.Unavailable, $"{server} is not ready to take messages.", isTransient: true),
        4 or 5 => Fail(ProviderErrorKind.Unauthorized, $"{server} refuses the login. Check 'user' and 'password'."),
        _ => Fail(ProviderErrorKind.Upstream, $"{server} refuses the connection, for the reason {code}."),
    };

    private ProviderException NoBroker() => Fail(ProviderErrorKind.Upstream, $"{server} does not answer as an MQTT broker does. Is this the right port, and the right setting of 'tls'?");

    private static ProviderException Fail(ProviderErrorKind kind, string message, bool isTransient = false) => new(new ProviderError { Kind = kind, Message = message, IsTransient = isTransient });
}
