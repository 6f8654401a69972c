using System.Globalization;
using System.Text;
using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Texts;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Redis;

/// <summary>Values and messages in Redis, Valkey and whatever speaks their protocol.</summary>
public sealed class RedisProvider : IProvider
{
    private const int PortUsual = 6379;
    private const int DatabaseMost = 1_000_000;

    private static readonly IReadOnlyList<Setting> Common =
    [
        .. ServerDialogue.Parameters(PortUsual, PortUsual),
        new() { Name = "database", Type = SettingType.Integer, Default = JsonElement.Parse("0"), Help = "The number of the database." },
    ];

    private static readonly Setting Key = new() { Name = "key", IsRequired = true, Help = "The key." };

    public string Id => "redis";

    public string Title => "Redis";

    public string Help => "Reads and writes values in Redis, and publishes messages.";

    public IReadOnlyList<ProviderAction> Actions { get; } =
    [
        new()
        {
            Id = "get",
            Help = "Reads the value of a key.",
            Parameters = [.. Common, Key, new() { Name = "json", Type = SettingType.Boolean, Default = Scalars.False, Help = "Whether the value is JSON, and read as that." }],
            IsRepeatable = true,
        },
        new()
        {
            Id = "set",
            Help = "Writes the value of a key.",
            Parameters =
            [
                .. Common,
                Key,
                new() { Name = "value", Type = SettingType.Any, IsRequired = true, Help = "A text is written as it is, anything else as JSON." },
                new() { Name = "ttl", Type = SettingType.Duration, Help = "How long it is kept; for ever when none is given." },
                new() { Name = "when", Default = Scalars.Text("always"), Choices = ["always", "absent", "present"], Help = "Whether it is written only when there is none yet, or one already." },
            ],
            IsRepeatableWith = parameters => !parameters.TryGetProperty("when", out var when) || when.ValueEquals("always"),
        },
        new() { Id = "delete", Help = "Deletes a key; one that is not there is success.", Parameters = [.. Common, Key], IsRepeatable = true },
        new()
        {
            Id = "increment",
            Help = "Adds to the number that a key holds.",
            Parameters = [.. Common, Key, new() { Name = "by", Type = SettingType.Integer, Default = JsonElement.Parse("1"), Help = "How much; less than nothing takes away." }],
        },
        new()
        {
            Id = "publish",
            Help = "Sends a message to those who listen to a channel now.",
            Parameters =
            [
                .. Common,
                new() { Name = "channel", IsRequired = true, Help = "The channel." },
                new() { Name = "message", Type = SettingType.Any, IsRequired = true, Help = "A text is sent as it is, anything else as JSON." },
            ],
        },
    ];

    public async Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var parameters = new HttpCall(call);
        var command = CommandOf(call, parameters);
        var database = ServerParameters.NumberOf(parameters, "database", 0, 0, DatabaseMost);
        var server = await ServerDialogue.ReadAsync(call, parameters, PortUsual, PortUsual, cancellationToken);
        return await server.RunAsync(
            async (stream, token) =>
            {
                var session = new RedisSession(stream, server.Name);
                await SignInAsync(session, server, database, token);
                server.IsUncertain = call.Action is "increment" or "publish" || (call.Action == "set" && parameters.FindText("when") is "absent" or "present");
                return ResultOf(server.Name, call, parameters, await session.AskAsync(command, token));
            },
            cancellationToken);
    }

    private static async Task SignInAsync(RedisSession session, ServerDialogue server, int database, CancellationToken cancellationToken)
    {
        if (server.Login is { } login)
        {
            await session.AskAsync(login.UserName.Length > 0 ? Words("AUTH", login.UserName, login.Password) : Words("AUTH", login.Password), cancellationToken);
        }

        if (database > 0)
        {
            await session.AskAsync(Words("SELECT", database.ToString(CultureInfo.InvariantCulture)), cancellationToken);
        }
    }

    private static byte[][] CommandOf(ProviderCall call, HttpCall parameters)
    {
        var key = parameters.FindText("key") ?? "";
        switch (call.Action)
        {
            case "get":
                return Words("GET", key);
            case "delete":
                return Words("DEL", key);
            case "increment":
                return Words("INCRBY", key, parameters.FindText("by") ?? "1");
            case "publish":
                return Words("PUBLISH", parameters.FindText("channel") ?? "", TextOf(call.Parameters.GetProperty("message")));
        }

        List<string> words = ["SET", key, TextOf(call.Parameters.GetProperty("value"))];
        if (parameters.Find("ttl") is not null)
        {
            var milliseconds = (long)ServerParameters.DurationOf(parameters, "ttl").TotalMilliseconds;
            words.AddRange(["PX", milliseconds > 0 ? milliseconds.ToString(CultureInfo.InvariantCulture) : throw HttpCall.Bad("'ttl' is a duration of a millisecond or more.")]);
        }

        words.AddRange(parameters.FindText("when") switch { "absent" => ["NX"], "present" => ["XX"], _ => (string[])[] });
        return Words([.. words]);
    }

    private static ProviderResult ResultOf(string server, ProviderCall call, HttpCall parameters, RedisReply reply) => call.Action switch
    {
        "get" when reply.Kind is RedisReplyKind.Bytes or RedisReplyKind.None => Read(parameters, reply),
        "set" when reply.Kind == RedisReplyKind.Word => Answer(("written", true), "Written."),
        "set" when reply.Kind == RedisReplyKind.None => Answer(("written", false), "It was not written, as 'when' says."),
        "delete" when reply.Number is { } deleted => Answer(("deleted", deleted > 0), deleted > 0 ? "Deleted." : "There was no such key."),
        "increment" when reply.Number is { } value => Answer(("value", value), $"It is {value} now."),
        "publish" when reply.Number is { } receivers => Answer(("receivers", receivers), $"{receivers} heard it."),
        _ => throw RedisSession.NoRedis(server),
    };

    /// <summary>{found, value}; the value of bytes that are no text is value_base64.</summary>
    private static ProviderResult Read(HttpCall parameters, RedisReply reply)
    {
        if (reply.Bytes is not { } bytes)
        {
            return ProviderResult.Success(JsonElement.Parse("""{"found":false,"value":null}"""), "There is no such key.");
        }

        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return ProviderResult.Success(JsonSerializer.SerializeToElement(new { found = true, value = (string?)null, value_base64 = Convert.ToBase64String(bytes) }));
        }

        if (parameters.Find("json") is not { ValueKind: JsonValueKind.True })
        {
            return ProviderResult.Success(JsonSerializer.SerializeToElement(new { found = true, value = text }));
        }

        try
        {
            return ProviderResult.Success(JsonSerializer.SerializeToElement(new { found = true, value = JsonElement.Parse(HalfPairs.Mend(text), new JsonDocumentOptions { MaxDepth = 56 }) }));
        }
        catch (JsonException exception)
        {
            throw HttpCall.Bad($"The value of this key is no JSON: {exception.Message}");
        }
    }

    private static ProviderResult Answer((string Name, object Value) output, string message) =>
        ProviderResult.Success(JsonSerializer.SerializeToElement(new Dictionary<string, object>(StringComparer.Ordinal) { [output.Name] = output.Value }), message);

    private static string TextOf(JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.String ? Scalars.TextOf(value) ?? throw HttpCall.Bad("The value holds half of a surrogate pair, which is no character.") : value.GetRawText();
        return text.Length <= TextFile.BytesMax ? text : throw HttpCall.Bad($"The value is longer than {ByteSize.Format(TextFile.BytesMax)}.");
    }

    private static byte[][] Words(params string[] words) => [.. words.Select(Encoding.UTF8.GetBytes)];
}
