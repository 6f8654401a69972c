using System.Buffers;
using System.Text;
using System.Text.Json;
using Gantry.Engine.Plans.Triggers;
using Gantry.Hub.Plans;
using Gantry.Hub.Web;

namespace Gantry.Hub.Triggers.Webhooks;

/// <summary>A call's body, as it came, and as ${trigger.body} finds it.</summary>
/// <param name="Bytes">The body.</param>
/// <param name="CameLate">It was waited for: what was known of the webhook before is old.</param>
internal sealed record WebhookBody(byte[] Bytes, bool CameLate)
{
    public const int BytesMax = 1024 * 1024;

    /// <summary>What is made of the body is nested more deeply than the body, and 64 is what JSON is read to everywhere.</summary>
    private const int DepthMax = 56;

    /// <summary>What says who somebody is; the header of the webhook's own scheme is left out as well.</summary>
    private static readonly string[] SecretHeaders = ["authorization", "proxy-authorization", "cookie", "x-gitlab-token", "x-api-key", "x-auth-token", "x-access-token"];

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="ProblemException">It is larger than is taken.</exception>
    public static async Task<WebhookBody> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var cameLate = false;
        while (true)
        {
            var reading = request.BodyReader.ReadAsync(cancellationToken);
            cameLate |= !reading.IsCompleted;
            var read = await reading;
            if (read.Buffer.Length > BytesMax)
                throw new ProblemException(StatusCodes.Status413PayloadTooLarge, "A webhook takes at most 1 MB. Send the place of the data instead of the data.");
            if (read.IsCompleted)
            {
                var bytes = read.Buffer.ToArray();
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return new WebhookBody(bytes, cameLate);
            }

            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>Null when it is empty or says that it is no JSON.</summary>
    /// <exception cref="ProblemException">It says that it is JSON, and is not.</exception>
    public JsonElement? Json(HttpRequest request)
    {
        if (Bytes.Length == 0 || !request.HasJsonContentType())
            return null;
        try
        {
            return PlanBody.Parse(Utf8.GetString(Bytes), DepthMax);
        }
        catch (DecoderFallbackException)
        {
            throw ProblemException.Invalid("The body is not UTF-8.");
        }
    }

    /// <summary>JSON: what ${trigger} finds. Headers that say who somebody is are not in it.</summary>
    public string Payload(TriggerContext trigger, Guid eventId, WebhookTrigger hook, HttpRequest request, JsonElement? json, string? delivery) =>
        TriggerPayload.Of(trigger, eventId, writer =>
        {
            writer.WriteString("method", request.Method);
            writer.WriteString("path", hook.Path);
            writer.WriteString("delivery_id", delivery is null ? null : Executions.ExecutionJson.Storable(delivery));
            writer.WriteStartObject("headers");
            foreach (var (name, values) in request.Headers)
            {
                var lower = name.ToLowerInvariant();
                if (!SecretHeaders.Contains(lower) && lower != hook.Scheme.SecretHeader)
                    writer.WriteString(Executions.ExecutionJson.Storable(lower), Executions.ExecutionJson.Storable(values.ToString()));
            }

            writer.WriteEndObject();
            writer.WriteStartObject("query");
            foreach (var (name, values) in request.Query)
                writer.WriteString(Executions.ExecutionJson.Storable(name), Executions.ExecutionJson.Storable(values.ToString()));
            writer.WriteEndObject();
            writer.WritePropertyName("body");
            WriteBody(writer, request, json);
        });

    private void WriteBody(Utf8JsonWriter writer, HttpRequest request, JsonElement? json)
    {
        if (Bytes.Length == 0)
        {
            writer.WriteNullValue();
        }
        else if (json is { } value)
        {
            value.WriteTo(writer);
        }
        else if (TextOf() is not { } text)
        {
            writer.WriteStartObject();
            writer.WriteBase64String("base64", Bytes);
            writer.WriteEndObject();
        }
        else if (request.HasFormContentType && request.ContentType!.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
        {
            writer.WriteStartObject();
            foreach (var (name, values) in Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(text))
                writer.WriteString(Executions.ExecutionJson.Storable(name), Executions.ExecutionJson.Storable(values.ToString()));
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteStringValue(text);
        }
    }

    /// <summary>Null when it is no text.</summary>
    private string? TextOf()
    {
        try
        {
            return Utf8.GetString(Bytes) is var text && !text.Contains('\0') ? text : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
