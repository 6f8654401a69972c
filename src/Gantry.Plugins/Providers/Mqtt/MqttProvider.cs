using System.Globalization;
using System.Text;
using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Mqtt;

/// <summary>Messages by way of a broker that speaks MQTT 3.1.1, as all of them do.</summary>
public sealed class MqttProvider : IProvider
{
    private const int Plain = 1883;
    private const int Encrypted = 8883;
    private const int MessagesMax = 1_000;
    private const int TopicBytesMax = 65_535;
    private const int PayloadMax = 15 * 1024 * 1024;

    private static readonly IReadOnlyList<Setting> Common =
    [
        .. ServerDialogue.Parameters(Plain, Encrypted),
        new() { Name = "client_id", Help = "The name that the broker knows the client by, where it asks for a certain one; a new one each time when none is given." },
        new()
        {
            Name = "qos", Type = SettingType.Integer, Default = JsonElement.Parse("1"),
            Help = "0: at most once, without an answer; 1: at least once; 2: exactly once.",
        },
    ];

    public string Id => "mqtt";

    public string Title => "MQTT";

    public string Help => "Sends and receives messages through an MQTT broker.";

    public IReadOnlyList<ProviderAction> Actions { get; } =
    [
        new()
        {
            Id = "publish",
            Help = "Sends a message on a topic, and waits until the broker has it.",
            Parameters =
            [
                .. Common,
                new() { Name = "topic", IsRequired = true, Help = "The topic: plant/hall1/temperature." },
                new() { Name = "payload", Type = SettingType.Any, Default = Scalars.Text(""), Help = "A text is sent as it is, anything else as JSON." },
                new() { Name = "retain", Type = SettingType.Boolean, Default = Scalars.False, Help = "Whether the broker keeps it for those who come later." },
            ],
        },
        new()
        {
            Id = "subscribe",
            Help = "Waits for messages on topics, and gives what came.",
            Parameters =
            [
                .. Common,
                new() { Name = "topics", Type = SettingType.Any, IsRequired = true, Help = "A topic or a list of them; + stands for one level of a topic, and # for all the rest." },
                new() { Name = "count", Type = SettingType.Integer, Default = JsonElement.Parse("1"), Help = $"How many messages are waited for; up to {MessagesMax}." },
            ],
            IsRepeatable = true,
        },
    ];

    public async Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var parameters = new HttpCall(call);
        var qos = ServerParameters.NumberOf(parameters, "qos", 1, 0, 2);
        var server = await ServerDialogue.ReadAsync(call, parameters, Plain, Encrypted, cancellationToken);
        var clientId = parameters.FindText("client_id") ?? $"gantry{Guid.CreateVersion7():N}"[..23];
        return call.Action == "publish"
            ? await PublishAsync(call, parameters, server, clientId, qos, cancellationToken)
            : await SubscribeAsync(parameters, server, clientId, qos, cancellationToken);
    }

    private static Task<ProviderResult> PublishAsync(ProviderCall call, HttpCall parameters, ServerDialogue server, string clientId, int qos, CancellationToken cancellationToken)
    {
        var topic = TopicOf(parameters.FindText("topic") ?? "", isFilter: false);
        var value = call.Parameters.GetProperty("payload");
        var payload = Encoding.UTF8.GetBytes(value.ValueKind == JsonValueKind.String ? Scalars.TextOf(value) ?? throw HttpCall.Bad("'payload' holds half of a surrogate pair.") : value.GetRawText());
        if (payload.Length > PayloadMax)
        {
            throw HttpCall.Bad($"'payload' is longer than {ByteSize.Format(PayloadMax)}.");
        }

        var isRetained = parameters.Find("retain") is { ValueKind: JsonValueKind.True };
        return server.RunAsync(
            async (stream, token) =>
            {
                var session = await MqttSession.OpenAsync(stream, server.Name, server.Login, clientId, token);
                server.IsUncertain = true;
                await session.PublishAsync(topic, payload, qos, isRetained, token);
                await session.CloseAsync(token);
                return ProviderResult.Success(
                    JsonSerializer.SerializeToElement(new { topic, bytes = payload.Length }), qos == 0 ? $"Sent to {server.Name}." : $"{server.Name} has it.");
            },
            cancellationToken);
    }

    private static Task<ProviderResult> SubscribeAsync(HttpCall parameters, ServerDialogue server, string clientId, int qos, CancellationToken cancellationToken)
    {
        var count = ServerParameters.NumberOf(parameters, "count", 1, 1, MessagesMax);
        var topics = parameters.Find("topics") is { ValueKind: JsonValueKind.Array } list
            ? list.EnumerateArray().Select(item => TopicOf(Scalars.TextOf(item) ?? "", isFilter: true)).ToList()
            : [TopicOf(parameters.FindText("topics") ?? "", isFilter: true)];
        return server.RunAsync(
            async (stream, token) =>
            {
                var session = await MqttSession.OpenAsync(stream, server.Name, server.Login, clientId, token);
                await session.SubscribeAsync(topics, qos, token);
                List<MqttMessage> messages = [];
                var bytes = 0L;
                while (messages.Count < count)
                {
                    messages.Add(await session.ReceiveAsync(token));
                    bytes += messages[^1].Payload.Length;
                    if (bytes > PayloadMax)
                    {
                        throw HttpCall.Bad($"The messages are more than {ByteSize.Format(PayloadMax)}. Wait for fewer by 'count'.");
                    }
                }

                await session.CloseAsync(token);
                return ProviderResult.Success(ToJson(messages), string.Create(CultureInfo.InvariantCulture, $"{messages.Count} message{(messages.Count == 1 ? "" : "s")}."));
            },
            cancellationToken);
    }

    /// <summary>{messages: [{topic, payload, retained}], count}; the payload of bytes that are no text is payload_base64.</summary>
    private static JsonElement ToJson(List<MqttMessage> messages) => JsonSerializer.SerializeToElement(new Dictionary<string, object>(StringComparer.Ordinal)
    {
        ["count"] = messages.Count,
        ["messages"] = messages.Select(message => new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["topic"] = message.Topic,
            [TextOf(message.Payload) is null ? "payload_base64" : "payload"] = TextOf(message.Payload) ?? Convert.ToBase64String(message.Payload),
            ["retained"] = message.IsRetained,
        }),
    });

    private static string? TextOf(byte[] payload)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(payload);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static string TopicOf(string topic, bool isFilter)
    {
        var levels = topic.Split('/');
        var isGood = topic.Length > 0 && Encoding.UTF8.GetByteCount(topic) <= TopicBytesMax && !topic.Contains('\0', StringComparison.Ordinal)
            && (isFilter
                ? levels.Index().All(level => level.Item is "+" || (level.Item is "#" && level.Index == levels.Length - 1) || level.Item.AsSpan().IndexOfAny('+', '#') < 0)
                : topic.AsSpan().IndexOfAny('+', '#') < 0);
        return isGood ? topic : throw HttpCall.Bad(isFilter
            ? "A topic to listen to is a text such as plant/+/temperature or plant/#, in which + and # stand for whole levels, # for the last ones."
            : "'topic' is a text such as plant/hall1/temperature, without + and #.");
    }
}
