using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Rclone;

/// <summary>What a system behind rclone can do.</summary>
/// <param name="TimePrecision">Null when it keeps no modification times.</param>
/// <param name="IgnoresCase">"A" and "a" may be one file there.</param>
/// <param name="ImpliesFolders">An empty folder cannot be kept.</param>
/// <param name="Renames">A file can be given another name there without being sent again.</param>
internal sealed record RcloneFeatures(TimeSpan? TimePrecision, bool IgnoresCase, bool ImpliesFolders, bool Renames);

/// <summary>
/// The remote control of one rclone (https://rclone.org/rc), on a port of this machine that takes only the password this process made up. SFTP asks rclone's memory of
/// its folders; this asks the system itself.
/// </summary>
internal sealed class RcloneControl : IDisposable
{
    // rclone's word for "no times": a hundred years.
    private const long NoTimes = 100L * 365 * 24 * 3600;
    private const string OwnRemote = RcloneProcess.ServedName + ":";

    private readonly HttpClient http;
    private readonly string address;

    /// <param name="uri">Where it listens.</param>
    /// <param name="user">Made up for this one.</param>
    /// <param name="password">Made up for this one.</param>
    /// <param name="address">The endpoint's, for messages.</param>
    public RcloneControl(Uri uri, string user, string password, string address)
    {
        this.address = address;
        http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, MaxConnectionsPerServer = 32 })
        {
            BaseAddress = uri,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{user}:{password}")));
    }

    /// <summary>The version's first two numbers.</summary>
    public async Task<(int Major, int Minor)> VersionAsync(CancellationToken cancellationToken)
    {
        using var answer = await AskAsync("core/version", new { }, cancellationToken).ConfigureAwait(false);
        var numbers = answer.RootElement.GetProperty("decomposed");
        return (numbers[0].GetInt32(), numbers[1].GetInt32());
    }

    public async Task<RcloneFeatures> FeaturesAsync(CancellationToken cancellationToken)
    {
        using var answer = await AskAsync("operations/fsinfo", new { fs = OwnRemote }, cancellationToken).ConfigureAwait(false);
        var root = answer.RootElement;
        var features = root.GetProperty("Features");
        var seconds = root.GetProperty("Precision").GetInt64() / 1e9;
        return new RcloneFeatures(
            seconds >= NoTimes ? null : TimeSpan.FromSeconds(Math.Max(Math.Ceiling(seconds), 1)),
            Has(features, "CaseInsensitive"),
            !Has(features, "CanHaveEmptyDirectories"),
            Has(features, "Move") || Has(features, "Copy"));
    }

    /// <summary>What is at the path now; null when nothing is. Times in whole seconds, as SFTP tells them.</summary>
    public async ValueTask<Entry?> FindAsync(string path, CancellationToken cancellationToken)
    {
        JsonDocument answer;
        try
        {
            answer = await AskAsync("operations/stat", new { fs = OwnRemote, remote = path, opt = new { noMimeType = true } }, cancellationToken).ConfigureAwait(false);
        }
        catch (EndpointException failure) when (failure.Error == EndpointError.NotFound || failure.Message.Contains("not a directory", StringComparison.OrdinalIgnoreCase))
        {
            // Below a file there is nothing either.
            return null;
        }

        using (answer)
        {
            // Where rclone ignores case, it may answer with another name's entry.
            return answer.RootElement.TryGetProperty("item", out var item) && item.ValueKind == JsonValueKind.Object && item.GetProperty("Path").GetString() == path ? EntryOf(item, EndpointPath.NameOf(path)) : null;
        }
    }

    /// <summary>Whether this can be listed, however the system spells it.</summary>
    public async ValueTask<bool> IsFolderAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            (await AskAsync("operations/list", new { fs = OwnRemote, remote = path, opt = new { dirsOnly = true, noModTime = true } }, cancellationToken).ConfigureAwait(false)).Dispose();
            return true;
        }
        catch (EndpointException failure) when (failure.Error == EndpointError.NotFound)
        {
            return false;
        }
    }

    /// <summary>Makes a folder and those above it.</summary>
    public async ValueTask MakeFolderAsync(string path, CancellationToken cancellationToken) =>
        (await AskAsync("operations/mkdir", new { fs = OwnRemote, remote = path }, cancellationToken).ConfigureAwait(false)).Dispose();

    /// <summary>Removes a file. One that is not there fails with NotFound.</summary>
    public async ValueTask RemoveAsync(string path, CancellationToken cancellationToken) =>
        (await AskAsync("operations/deletefile", new { fs = OwnRemote, remote = path }, cancellationToken).ConfigureAwait(false)).Dispose();

    /// <summary>Writes a file of this machine to where nothing stands, with its modification time; rclone itself compares its size, and its hash where the system has one.</summary>
    public async ValueTask UploadAsync(string folderHere, string nameHere, string path, string place, CancellationToken cancellationToken) =>
        (await AskAsync(
            "operations/copyfile",
            new { srcFs = folderHere, srcRemote = nameHere, dstFs = OwnRemote, dstRemote = path },
            cancellationToken,
            $"'{place}' could not be written").ConfigureAwait(false)).Dispose();

    /// <summary>Gives a file a name that nothing has.</summary>
    public async ValueTask RenameAsync(string path, string newPath, string place, CancellationToken cancellationToken) =>
        (await AskAsync(
            "operations/movefile",
            new { srcFs = OwnRemote, srcRemote = path, dstFs = OwnRemote, dstRemote = newPath },
            cancellationToken,
            $"'{place}' could not be renamed to its final name").ConfigureAwait(false)).Dispose();

    /// <summary>What rclone remembers of this folder is asked for again when it is next needed. What is being written there stays.</summary>
    public async ValueTask ForgetAsync(string folder, CancellationToken cancellationToken) =>
        (await AskAsync("vfs/forget", new { dir = folder }, cancellationToken).ConfigureAwait(false)).Dispose();

    /// <summary>
    /// Rclone keeps connections, and finds out that one is dead when it uses it, each by a failure of its own. So many questions at once use all of them, and the dead ones are gone.
    /// </summary>
    public Task LetGoAsync(int connections, CancellationToken cancellationToken) => Task.WhenAll(Enumerable.Range(0, connections).Select(async _ =>
    {
        try
        {
            await FindAsync("", cancellationToken).ConfigureAwait(false);
        }
        catch (EndpointException)
        {
            // That was one of them, or nothing can be reached: whoever asks next is told.
        }
    }));

    public void Dispose() => http.Dispose();

    private static Entry EntryOf(JsonElement item, string name)
    {
        var isFolder = item.GetProperty("IsDir").GetBoolean();
        DateTimeOffset? time = item.TryGetProperty("ModTime", out var told) && told.TryGetDateTimeOffset(out var parsed) ? parsed : null;
        return new Entry
        {
            Name = name,
            Kind = isFolder ? EntryKind.Folder : EntryKind.File,
            Size = isFolder ? 0 : Math.Max(item.GetProperty("Size").GetInt64(), 0),
            ModifiedAt = time is { } known ? DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(known.ToUnixTimeSeconds(), 0, uint.MaxValue)) : null,
        };
    }

    private static bool Has(JsonElement features, string name) => features.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    /// <param name="command">As https://rclone.org/rc names it.</param>
    /// <param name="question">What it takes.</param>
    /// <param name="cancellationToken">Ends it in rclone too.</param>
    /// <param name="complaint">What a failure means, if not that the endpoint as a whole does not answer.</param>
    private async Task<JsonDocument> AskAsync<T>(string command, T question, CancellationToken cancellationToken, string? complaint = null)
    {
        try
        {
            // Rclone takes this type only when it is said without a character set.
            using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(question));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await http.PostAsync(new Uri(command, UriKind.Relative), content, cancellationToken).ConfigureAwait(false);
            var text = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
            {
                return JsonDocument.Parse(text);
            }

            throw Failure(text, (int)response.StatusCode, complaint);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or ObjectDisposedException)
        {
            throw new EndpointException(EndpointError.Disconnected, $"The rclone that serves {address} has ended.", isTransient: true, exception);
        }
        catch (JsonException exception)
        {
            throw new EndpointException(EndpointError.Protocol, $"The rclone that serves {address} gave an answer that is no JSON.", innerException: exception);
        }
    }

    private EndpointException Failure(string text, int status, string? complaint)
    {
        var words = text;
        try
        {
            using var answer = JsonDocument.Parse(text);
            words = answer.RootElement.GetProperty("error").GetString() ?? text;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // Then its text as it is.
        }

        if (complaint is not null)
        {
            return RcloneErrors.Of(words, complaint);
        }

        const int NotFound = 404;
        return status == NotFound || words.Contains("directory not found", StringComparison.Ordinal)
            ? new EndpointException(EndpointError.NotFound, $"There is nothing at '{address}'.")
            : words.Contains("is a file not a directory", StringComparison.Ordinal)
            ? new EndpointException(EndpointError.NotAFolder, $"'{address}' is a file.")
            : RcloneErrors.Of(words, $"{address} does not answer as it should");
    }
}
