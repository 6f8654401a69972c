using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>
/// What ssh reads besides its arguments, in memory only: the key, the pinned host key, and the password through an askpass script that
/// takes it from a pipe. No secret is in an argument, in an environment or in a file.
/// </summary>
internal sealed class SshSecrets : IDisposable
{
    // Servers ask again: by another method, or after a wrong answer. Each answer is one line of the pipe.
    private const int AnswersMost = 6;
    private const int AnswerBytesMax = 4096;

    private readonly List<MemoryFile> files = [];

    public SshSecrets(SshLogin login)
    {
        try
        {
            KeyPath = login.Key is { } key ? Add(MemoryFile.Of(key.Reveal().ReplaceLineEndings("\n").TrimEnd('\n') + "\n")) : login.KeyFile;
            KnownHostsPath = login.HostKey is { } hostKey ? Add(MemoryFile.Of($"{PinnedName} {hostKey}\n")) : login.KnownHostsFile;
            if (login.HasPrompts)
            {
                AskPassPath = Add(MemoryFile.OfProgram(Script(
                    Answers(login.Password?.Reveal(), "password"), Answers(login.KeyPassphrase?.Reveal(), "key_passphrase"))));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The name under which the pinned host key stands in its known_hosts.</summary>
    public static string PinnedName => "pinned";

    public string? KeyPath { get; }

    public string? KnownHostsPath { get; }

    public string? AskPassPath { get; }

    public void Dispose() => files.ForEach(file => file.Dispose());

    // A prompt for a passphrase is the key's; every other one is the server's.
    private static string Script(string? passwords, string? passphrases) =>
        $"""
        #!/bin/sh
        case "$1" in
          *assphrase*) pipe={passphrases} ;;
          *) pipe={passwords} ;;
        esac
        [ -n "$pipe" ] || exit 1
        IFS= read -r answer < "$pipe" || exit 1
        printf '%s\n' "$answer"

        """;

    private string? Answers(string? secret, string setting)
    {
        if (secret is null)
        {
            return null;
        }

        if (secret.AsSpan().IndexOfAny("\n\r\0") >= 0 || secret.Length > AnswerBytesMax)
        {
            throw new EndpointException(
                EndpointError.BadSetting, $"The secret in the setting '{setting}' holds a line break or a NUL, or is longer than {AnswerBytesMax} characters; ssh cannot be given such a one.");
        }

        return Add(MemoryFile.OfPipe(string.Concat(Enumerable.Repeat(secret + "\n", AnswersMost))));
    }

    private string Add(MemoryFile file)
    {
        files.Add(file);
        return file.Path;
    }
}
