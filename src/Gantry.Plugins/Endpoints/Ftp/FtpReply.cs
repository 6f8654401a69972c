using System.Globalization;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>One reply of the server: its code and its lines.</summary>
internal sealed record FtpReply(int Code, IReadOnlyList<string> Lines)
{
    private const int LengthMax = 300;

    /// <summary>The server begins with what was asked, and will reply once more.</summary>
    public bool IsPreliminary => Code is >= 100 and < 200;

    public bool IsDone => Code is >= 200 and < 300;

    /// <summary>Done, or waiting for the command that belongs to it (RNFR, REST).</summary>
    public bool IsGood => Code is >= 200 and < 400;

    /// <summary>The command is not known or not served here, whatever it is asked for.</summary>
    public bool IsUnknown => Code is 500 or 502 or 504 or 202;

    /// <summary>What the server said on the first line.</summary>
    public string Text => Lines[0];

    /// <summary>How many lines of a listing were sent, where the server says so ("12 matches total").</summary>
    public int? Listed => Lines[^1].Split(' ') is [var count, "matches", "total", ..] && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var told) ? told : null;

    /// <summary>"530 Login incorrect", as a person may see it.</summary>
    public override string ToString()
    {
        var text = EndpointPath.Printable(string.Join(" ", Lines.Select(line => line.Trim()).Where(line => line.Length > 0))).TrimEnd('.');
        return $"{Code.ToString(CultureInfo.InvariantCulture)} {(text.Length > LengthMax ? text[..LengthMax] + "…" : text)}".TrimEnd();
    }

    public bool Says(string words) => Lines.Any(line => line.Contains(words, StringComparison.OrdinalIgnoreCase));

    /// <summary>Some servers repeat what they were sent.</summary>
    public FtpReply Without(string secret) =>
        secret.Length == 0 ? this : this with { Lines = [.. Lines.Select(line => line.Replace(secret, "***", StringComparison.Ordinal))] };
}
