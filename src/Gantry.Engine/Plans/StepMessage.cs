namespace Gantry.Engine.Plans;

/// <summary>What is said of a step: it stands in records, lists, streams and notifications, so that it is no place for data.</summary>
internal static class StepMessage
{
    /// <summary>What is longer is shortened.</summary>
    public const int CharactersMax = 32 * 1024;

    private const string Note = " … (shortened)";

    /// <summary>Shortened when it is too long, and never within a character.</summary>
    public static string Shorten(string message)
    {
        if (message.Length <= CharactersMax + Note.Length)
        {
            return message;
        }

        var end = char.IsHighSurrogate(message[CharactersMax - 1]) ? CharactersMax - 1 : CharactersMax;
        return message[..end] + Note;
    }

    /// <summary>With what is said of it short enough; the message is that of the error when there is no other.</summary>
    public static StepAttempt Shorten(StepAttempt attempt)
    {
        var error = attempt.Error is { } given ? given with { Message = Shorten(given.Message) } : null;
        return attempt with { Error = error, Message = attempt.Message is { } message ? Shorten(message) : error?.Message };
    }
}
