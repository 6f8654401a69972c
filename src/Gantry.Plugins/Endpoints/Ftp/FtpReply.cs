using System.Globalization;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>One reply of the server: its code and its lines.</summary>
internal sealed record FtpReply(int Code, IReadOnlyList<string> Lines)
{
    private const int LengthMax = 300;

    /// <summary>"530 Login incorrect", as a person may see it.</summary>
    public override string ToString()
    {
        var text = EndpointPath.Printable(string.Join(" ", Lines.Select(line => line.Trim()).Where(line => line.Length > 0))).TrimEnd('.');
        return $"{Code.ToString(CultureInfo.InvariantCulture)} {(text.Length > LengthMax ? text[..LengthMax] + "…" : text)}".TrimEnd();
    }

    /// <summary>Some servers repeat what they were sent.</summary>
    public FtpReply Without(string secret) =>
        secret.Length == 0 ? this : this with { Lines = [.. Lines.Select(line => line.Replace(secret, "***", StringComparison.Ordinal))] };
}
