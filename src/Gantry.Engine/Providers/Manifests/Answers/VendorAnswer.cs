using System.Globalization;
using System.Text.Json;
using Gantry.Engine.Providers.Manifests.Connections;
using Gantry.Engine.Providers.Web;

namespace Gantry.Engine.Providers.Manifests.Answers;

/// <summary>An answer with its body read, and what a manifest makes of it.</summary>
internal sealed class VendorAnswer(WebRequest request, ManifestScope scope, WebAnswer web, AnswerValue body, JsonElement? received)
{
    public WebAnswer Web => web;

    public JsonElement Body => body.Value;

    /// <summary>It was read, and is to be handed on as a file.</summary>
    public bool IsFile => received is null && body.IsFile && Status != 204;

    public int Status => (int)web.Status;

    /// <summary>The file that was written while it came; null when none was.</summary>
    public JsonElement? Received => received;

    public WebRequest Request => request;

    /// <summary>What the request was made with.</summary>
    public ManifestScope Scope => scope;

    public string? Header(string name) =>
        web.Headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value is [var value, ..] ? value : null;

    public JsonElement? Find(AnswerPath? path) => path is null ? null
        : path.Header is { } header ? Header(header) is { } text ? Settings.Scalars.Text(text) : null
        : path.Find(body.Value);

    public string? FindText(AnswerPath path) => path.Header is { } header ? Header(header) : path.FindText(body.Value);

    /// <summary>Null when it is a success.</summary>
    public ProviderError? Error(Manifest manifest, ManifestErrors errors, TimeProvider clock, Func<string, string> mask)
    {
        var isStatusFine = Status is >= 200 and < 300 || errors.OkStatus.Contains(Status);
        if (isStatusFine && body.Problem is { } problem && !errors.OkStatus.Contains(Status))
        {
            return new() { Kind = ProviderErrorKind.Upstream, Message = $"{manifest.Name}: {HttpGate.Where(request)}: {mask(problem)}.", Status = Status };
        }

        if (isStatusFine && errors.When?.IsTrue(scope.With(body.Value)) != true)
        {
            return null;
        }

        var code = errors.Code.Select(FindText).FirstOrDefault(found => found is not null);
        var (kind, isTransient) = KindOf(errors, code, isStatusFine);
        return new()
        {
            Kind = kind,
            Message = Message(manifest, errors, code, isStatusFine, mask),
            IsTransient = isTransient,
            Status = Status,
            RetryAfter = isTransient ? Wait(manifest.Limits, clock) : null,
        };
    }

    /// <summary>How long the vendor asks to be left alone; null when it does not.</summary>
    public TimeSpan? Wait(ManifestLimits limits, TimeProvider clock)
    {
        if (web.RetryAfter is { } asked)
        {
            return asked;
        }

        foreach (var name in limits.RetryAfter)
        {
            if (Header(name) is { } value && Seconds(value, clock) is { } wait)
            {
                return wait;
            }
        }

        if (limits.BodyAfter is { } path && FindText(path) is { } text && Seconds(text, clock) is { } told)
        {
            return told;
        }

        return limits.ResetAt.Select(name => Header(name) is { } value ? Until(value, clock) : null).FirstOrDefault(wait => wait is not null);
    }

    /// <summary>When it may be gone on with, of a vendor who says that nothing is left; null otherwise.</summary>
    public DateTimeOffset? ClosedUntil(ManifestLimits limits, TimeProvider clock) =>
        limits.Remaining is { } name && Header(name) is { } left && double.TryParse(left, CultureInfo.InvariantCulture, out var count) && count <= 0 && Wait(limits, clock) is { } wait
            ? clock.GetUtcNow() + wait
            : null;

    private (ProviderErrorKind Kind, bool IsTransient) KindOf(ManifestErrors errors, string? code, bool isStatusFine)
    {
        var (kind, isTransient) = isStatusFine ? (ProviderErrorKind.BadRequest, false) : HttpAnswer.KindOf(web.Status);
        if (isStatusFine && int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 400 and < 600)
        {
            (kind, isTransient) = HttpAnswer.KindOf((System.Net.HttpStatusCode)status);
        }

        var mapped = (code is not null && errors.Kinds.TryGetValue(code, out var byCode)) ? byCode
            : errors.Kinds.TryGetValue(Status.ToString(CultureInfo.InvariantCulture), out var byStatus) ? byStatus : (ProviderErrorKind?)null;
        return mapped is { } known ? (known, known is ProviderErrorKind.RateLimited or ProviderErrorKind.Unavailable or ProviderErrorKind.TimedOut) : (kind, isTransient);
    }

    private string Message(Manifest manifest, ManifestErrors errors, string? code, bool isStatusFine, Func<string, string> mask)
    {
        var said = errors.Message.Select(FindText).FirstOrDefault(found => found is not null) ?? HttpAnswer.MessageIn(body.Value);
        var fields = errors.Fields is { } path && FindText(path) is { } text ? text : null;
        var reason = web.Reason.Length > 0 ? $" {web.Reason}" : "";
        var parts = new[] { said, fields == said ? null : fields }.OfType<string>().Select(part => HttpAnswer.OneLine(mask(part)));
        var told = string.Join(" ", parts);
        var status = isStatusFine ? "refused" : $"answered {Status}{reason}";
        return $"{manifest.Name}: {HttpGate.Where(request)} {status}{(code is null || told.Contains(code, StringComparison.Ordinal) ? "" : $" ({HttpAnswer.OneLine(mask(code))})")}{(told.Length > 0 ? $": {told}" : ".")}";
    }

    private static TimeSpan? Seconds(string text, TimeProvider clock)
    {
        if (double.TryParse(text.Trim().TrimEnd('s'), CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and < 1e9)
        {
            return seconds > 1e8 ? null : TimeSpan.FromSeconds(seconds);
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? Positive(date - clock.GetUtcNow()) : null;
    }

    /// <summary>The epoch in seconds or milliseconds, or a date; a small number is seconds from now.</summary>
    private static TimeSpan? Until(string text, TimeProvider clock)
    {
        if (!double.TryParse(text.Trim(), CultureInfo.InvariantCulture, out var number) || number is < 0 or > 1e15)
        {
            return Seconds(text, clock);
        }

        return number switch
        {
            < 1e8 => TimeSpan.FromSeconds(number),
            < 1e11 => Positive(DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(number) - clock.GetUtcNow()),
            _ => Positive(DateTimeOffset.UnixEpoch + TimeSpan.FromMilliseconds(number) - clock.GetUtcNow()),
        };
    }

    private static TimeSpan Positive(TimeSpan wait) => wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
}
