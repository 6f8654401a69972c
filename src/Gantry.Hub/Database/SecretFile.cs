namespace Gantry.Hub.Database;

/// <summary>Reads files that hold a secret and were made by somebody else, and refuses those that other users of the machine can read or change.</summary>
internal static class SecretFile
{
    private const int BytesMax = 64 * 1024;

    /// <param name="path">The file.</param>
    /// <param name="content">What it holds, for messages: "the master key".</param>
    /// <param name="mayGroupRead">Mounted secrets belong to root, and are read by the group.</param>
    public static string Read(string path, string content, bool mayGroupRead)
    {
        if (Posix.StatusOf(path) is not { } status) throw new HubStartException($"The file of {content}, '{path}', is not there, or cannot be seen by {Environment.UserName}.");
        var others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite | (mayGroupRead ? UnixFileMode.None : UnixFileMode.GroupRead);
        if ((status.Mode & others) != UnixFileMode.None)
        {
            throw new HubStartException($"Other users can read or change the file of {content}, '{path}'. Run 'chmod {(mayGroupRead ? "440" : "600")} {path}' "
                + "(a Kubernetes volume: defaultMode: 0440 and an fsGroup); if it was readable for long, change the secret.");
        }

        try
        {
            using var stream = File.OpenRead(path);
            using var reader = new StreamReader(stream, new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
            var text = new char[BytesMax + 1];
            var length = reader.ReadBlock(text);
            return length <= BytesMax ? new string(text, 0, length) : throw new HubStartException($"The file of {content}, '{path}', is larger than {BytesMax / 1024} KiB: it holds something else.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or System.Text.DecoderFallbackException)
        {
            throw new HubStartException($"The file of {content}, '{path}', cannot be read: {exception.Message}", exception);
        }
    }
}
