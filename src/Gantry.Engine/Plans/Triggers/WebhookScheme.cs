using Gantry.Engine.Settings;

namespace Gantry.Engine.Plans.Triggers;

public enum SignatureEncoding
{
    Hexadecimal,
    Base64,
}

/// <summary>How a caller proves that it knows the secret, and how it names a delivery.</summary>
public sealed record WebhookScheme
{
    /// <summary>https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md</summary>
    private static readonly WebhookScheme StandardWebhooks = new()
    {
        Name = "standard",
        SignatureHeader = "webhook-signature",
        TimeHeader = "webhook-timestamp",
        DeliveryHeader = "webhook-id",
        Encoding = SignatureEncoding.Base64,
        Version = "v1",
        VersionMark = ',',
        PartSeparator = ' ',
        SignedBefore = "{id}.{time}.",
    };

    /// <summary>The schemes by name. What they say of headers is the vendors' own documentation.</summary>
    public static IReadOnlyDictionary<string, WebhookScheme> All { get; } = new WebhookScheme[]
    {
        StandardWebhooks,
        StandardWebhooks with { Name = "svix", SignatureHeader = "svix-signature", TimeHeader = "svix-timestamp", DeliveryHeader = "svix-id" },

        // https://docs.stripe.com/webhooks/signature
        new()
        {
            Name = "stripe", SignatureHeader = "stripe-signature", Encoding = SignatureEncoding.Hexadecimal, Version = "v1", VersionMark = '=', PartSeparator = ',',
            TimePart = "t", SignedBefore = "{time}.", DeliveryMember = "id",
        },

        // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
        new() { Name = "github", SignatureHeader = "x-hub-signature-256", Encoding = SignatureEncoding.Hexadecimal, Version = "sha256", VersionMark = '=', DeliveryHeader = "x-github-delivery" },

        // https://docs.slack.dev/authentication/verifying-requests-from-slack
        new()
        {
            Name = "slack", SignatureHeader = "x-slack-signature", TimeHeader = "x-slack-request-timestamp", Encoding = SignatureEncoding.Hexadecimal, Version = "v0", VersionMark = '=',
            SignedBefore = "v0:{time}:", DeliveryMember = "event_id",
        },

        // https://shopify.dev/docs/apps/build/webhooks/subscribe/https
        new() { Name = "shopify", SignatureHeader = "x-shopify-hmac-sha256", Encoding = SignatureEncoding.Base64, DeliveryHeader = "x-shopify-webhook-id" },

        // Any other that signs the body alone.
        new() { Name = "hmac", SignatureHeader = "x-signature", Encoding = SignatureEncoding.Hexadecimal },

        // https://docs.gitlab.com/user/project/integrations/webhooks/
        new() { Name = "gitlab", TokenHeader = "x-gitlab-token", DeliveryHeader = "x-gitlab-event-uuid" },
        new() { Name = "token", TokenHeader = "authorization" },
        new() { Name = "open" },
    }.ToDictionary(scheme => scheme.Name, StringComparer.Ordinal);

    /// <summary>Where a scheme says nothing of it, the first of these that a request has names the delivery.</summary>
    public static IReadOnlyList<string> DeliveryHeaders { get; } = ["idempotency-key", "webhook-id", "x-delivery-id", "x-webhook-id"];

    public required string Name { get; init; }

    /// <summary>Null when nothing is signed.</summary>
    public string? SignatureHeader { get; init; }

    /// <summary>Null when no token is sent.</summary>
    public string? TokenHeader { get; init; }

    public SignatureEncoding Encoding { get; init; }

    /// <summary>What stands before a signature of the kind that is understood: the "v1" of "v1=…"; null when the header is the signature.</summary>
    public string? Version { get; init; }

    public char VersionMark { get; init; } = '=';

    /// <summary>What is between several signatures; null when there is one.</summary>
    public char? PartSeparator { get; init; }

    /// <summary>The header with the time that is signed, in seconds since 1970; null when there is none.</summary>
    public string? TimeHeader { get; init; }

    /// <summary>The part of the signature's header with that time.</summary>
    public string? TimePart { get; init; }

    /// <summary>What is signed before the body, with {id} and {time}.</summary>
    public string SignedBefore { get; init; } = "";

    public string? DeliveryHeader { get; init; }

    /// <summary>The member of a JSON body that names the delivery; null when there is none.</summary>
    public string? DeliveryMember { get; init; }

    public bool HasTime => TimeHeader is not null || TimePart is not null;

    public bool IsOpen => SignatureHeader is null && TokenHeader is null;

    /// <summary>The header that must not be shown, in lower case; null for open ones.</summary>
    public string? SecretHeader => SignatureHeader ?? TokenHeader;

    /// <summary>A hint at the nearest name, for messages.</summary>
    internal static string Hint(string name) => NearestName.Hint(name, All.Keys);
}
