using Gantry.Engine.Providers;

namespace Gantry.Plugins.Providers.Smtp;

/// <summary>What the server answered: RFC 5321, 4.2.</summary>
/// <param name="Code">From 200 to 599.</param>
/// <param name="Lines">Without the codes.</param>
internal sealed record SmtpReply(int Code, IReadOnlyList<string> Lines)
{
    private const int TextLengthMax = 300;

    public bool IsPositive => Code is >= 200 and < 400;

    /// <summary>4yz: the same may be taken later.</summary>
    public bool IsTransient => Code is >= 400 and < 500;

    /// <summary>As one line, shortened.</summary>
    public string Text
    {
        get
        {
            var text = new string([.. string.Join(' ', Lines).Trim().Select(character => char.IsControl(character) ? ' ' : character)]);
            return text.Length <= TextLengthMax ? text : string.Concat(text.AsSpan(0, TextLengthMax), "…");
        }
    }

    /// <param name="what">What was asked: "mail.example.org refused the recipient 'a@b'".</param>
    /// <param name="kind">For what is permanent; null when the code says it.</param>
    public ProviderException ToFailure(string what, ProviderErrorKind? kind = null) => new(new ProviderError
    {
        Kind = IsTransient ? ProviderErrorKind.Unavailable : kind ?? KindOf(Code),
        Message = $"{what}: {Code} {Text}".TrimEnd('.', ' ') + ".",
        IsTransient = IsTransient,
        Status = Code,
    });

    private static ProviderErrorKind KindOf(int code) => code switch
    {
        530 or 534 or 535 or 538 => ProviderErrorKind.Unauthorized,
        551 or 550 => ProviderErrorKind.NotFound,
        500 or 501 or 552 or 553 => ProviderErrorKind.BadRequest,
        _ => ProviderErrorKind.Upstream,
    };
}
