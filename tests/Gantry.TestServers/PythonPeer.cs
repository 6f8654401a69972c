using System.Diagnostics;
using System.Text.Json;

namespace Gantry.TestServers;

/// <summary>Debian's Python, asked a list of questions at once: a script that gets JSON on its standard input and answers JSON.</summary>
public static class PythonPeer
{
    private const string Program = "/usr/bin/python3";

    /// <summary>Without Python or its package cryptography the test is skipped; it fails when CI=true.</summary>
    public static async Task<JsonElement> AskAsync(string script, object questions)
    {
        SshServer.SkipOrFail(File.Exists(Program) && Directory.Exists("/usr/lib/python3/dist-packages/cryptography"), "The peer needs python3 and python3-cryptography.");
        using var python = Process.Start(new ProcessStartInfo(Program, ["-c", script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        var answer = python.StandardOutput.ReadToEndAsync();
        var complaint = python.StandardError.ReadToEndAsync();
        await JsonSerializer.SerializeAsync(python.StandardInput.BaseStream, questions);
        python.StandardInput.Close();
        await python.WaitForExitAsync();
        return python.ExitCode == 0 ? JsonElement.Parse(await answer) : throw new InvalidOperationException(await complaint);
    }
}
