using System.Diagnostics;
using System.Text.Json;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Rclone;

/// <summary>
/// What users of a hub may name of its administrator's rclone.conf: its remotes by their names, as they are. A remote that ends in files of the hub's own machine is none
/// of them, whatever it is wrapped in: local files are granted by roots, and rclone knows no roots.
/// </summary>
internal static class RcloneBounds
{
    private const string Local = "local";

    /// <summary>Fails with BadSetting for anything but a name, and for a path that could leave the remote's folder.</summary>
    public static void Check(string remote, string folder, EndpointContext context)
    {
        if (context.RcloneConfigFile is null)
        {
            throw new EndpointException(
                EndpointError.BadSetting, "This hub has no remotes of rclone: its administrator gives them with GANTRY_RCLONE_CONFIG=FILE, an rclone.conf.");
        }

        if (new RcloneAddress(remote, folder).HasOptions)
        {
            throw new EndpointException(
                EndpointError.BadSetting, $"On a hub, a remote is named as it stands in rclone.conf; '{EndpointPath.Printable(remote)}' describes or changes one.");
        }

        if (folder.Split('/').Any(segment => segment is ".."))
        {
            throw new EndpointException(EndpointError.BadPath, $"The path '{EndpointPath.Printable(folder)}' may not hold '..'.");
        }
    }

    /// <summary>Fails with BadSetting when the remote is not in the file, or leads to files of this machine.</summary>
    public static async ValueTask RequireElsewhereAsync(RcloneRemote remote, CancellationToken cancellationToken)
    {
        using var remotes = await ReadAsync(remote, cancellationToken).ConfigureAwait(false);
        if (LeadsHere(remotes.RootElement, remote.Remote, []))
        {
            throw new EndpointException(
                EndpointError.BadSetting,
                $"The remote '{remote.Remote.TrimEnd(':')}' leads to files of the hub's own machine, which users reach as local paths below the administrator's roots.");
        }
    }

    /// <param name="remotes">What `rclone config dump` tells.</param>
    /// <param name="place">"name:path", ":backend:path" or a path.</param>
    /// <param name="seen">Names that led here.</param>
    internal static bool LeadsHere(JsonElement remotes, string place, HashSet<string> seen)
    {
        if (RcloneAddress.Split(place) is not { } address)
        {
            return true;
        }

        if (address.Remote.StartsWith(':'))
        {
            // What it wraps would be in its options: only what wraps nothing is certain.
            return address.Remote[1..].Split(',')[0] is Local || address.Remote.Contains("remote=", StringComparison.Ordinal) || address.Remote.Contains("upstreams=", StringComparison.Ordinal);
        }

        var name = address.Remote.Split(',')[0];
        if (!remotes.TryGetProperty(name, out var remote))
        {
            throw new EndpointException(EndpointError.BadSetting, $"There is no remote '{EndpointPath.Printable(name)}' in this hub's rclone.conf.");
        }

        if (!seen.Add(name))
        {
            return false;
        }

        return TextOf(remote, "type") is Local or null
            || (TextOf(remote, "remote") is { } wrapped && LeadsHere(remotes, wrapped, seen))
            || Words(TextOf(remote, "upstreams") ?? "").Any(upstream => LeadsHere(remotes, Upstream(upstream, TextOf(remote, "type")), seen));
    }

    /// <summary>Those of combine are "folder=remote:path".</summary>
    private static string Upstream(string upstream, string? type) => type == "combine" ? upstream[(upstream.IndexOf('=', StringComparison.Ordinal) + 1)..] : upstream;

    private static string? TextOf(JsonElement remote, string option) =>
        remote.TryGetProperty(option, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Separated by spaces; quotes keep one together.</summary>
    private static IEnumerable<string> Words(string text)
    {
        var start = 0;
        var isQuoted = false;
        for (var index = 0; index <= text.Length; index++)
        {
            if (index == text.Length || (text[index] == ' ' && !isQuoted))
            {
                if (index > start)
                {
                    yield return text[start..index].Replace("\"", "", StringComparison.Ordinal);
                }

                start = index + 1;
            }
            else if (text[index] == '"')
            {
                isQuoted = !isQuoted;
            }
        }
    }

    /// <summary>By rclone itself, which also opens an encrypted file.</summary>
    private static async Task<JsonDocument> ReadAsync(RcloneRemote remote, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(RclonePrograms.Rclone(Environment.GetEnvironmentVariable("PATH")))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (var argument in (string[])["config", "dump", "--ask-password=false"])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        foreach (var (name, value) in RcloneProcess.EnvironmentOf(remote))
        {
            start.Environment[name] = value;
        }

        using var rclone = Process.Start(start)!;
        try
        {
            rclone.StandardInput.Close();
            var words = rclone.StandardError.ReadToEndAsync(cancellationToken);
            var text = await rclone.StandardOutput.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            await rclone.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return rclone.ExitCode == 0
                ? JsonDocument.Parse(text)
                : throw RcloneErrors.Of((await words.ConfigureAwait(false)).Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "", "This hub's rclone.conf cannot be read");
        }
        catch (JsonException exception)
        {
            throw new EndpointException(EndpointError.BadSetting, "This hub's rclone.conf cannot be read.", innerException: exception);
        }
        finally
        {
            if (!rclone.HasExited)
            {
                rclone.Kill();
            }
        }
    }
}
