using System.Text;
using Gantry.Engine.Endpoints;
using Shouldly;
using Xunit;

namespace Gantry.TestServers;

/// <summary>
/// What every kind of endpoint promises (see <see cref="IEndpoint"/>), as tests. A kind proves itself by deriving from this and opening
/// an endpoint on an empty folder of its own.
/// </summary>
public abstract partial class EndpointContract : IAsyncLifetime
{
    private static readonly DateTimeOffset someTime = new(2021, 3, 4, 5, 6, 7, TimeSpan.Zero);
    private IEndpoint? opened;
    private int partials;

    protected IEndpoint Endpoint => opened ?? throw new InvalidOperationException("The endpoint is not open yet.");

    /// <summary>Whether names that are not UTF-8 can be kept.</summary>
    protected virtual bool KeepsEveryByteInNames => true;

    /// <summary>Whether this name can be held; one that cannot is refused, and nothing comes in its place.</summary>
    protected virtual bool HoldsName(string name) => true;

    /// <summary>Whether <see cref="WriteOptions.UnixMode"/> is kept.</summary>
    protected virtual bool KeepsModes => true;

    /// <summary>Whether the server tells what is there exactly and at once: modes and times as they are, nothing that could not be kept.</summary>
    protected virtual bool IsExact => true;

    /// <summary>Whether "A" and "a" are two names. Where they are not, the second is refused and the first stays.</summary>
    protected virtual bool TellsCaseApart => true;

    /// <summary>Whether symbolic links can be made, where the endpoint's protocol can say them at all.</summary>
    protected virtual bool KeepsLinks => true;

    /// <summary>Whether a file can be written on where it was cut off, where ranges are taken at all.</summary>
    protected virtual bool GoesOn => true;

    /// <summary>Whether the server holds names as long as its protocol does, and survives longer ones.</summary>
    protected virtual bool KeepsLongNames => true;

    /// <summary>Whether the server takes several writes of the same thing at once.</summary>
    protected virtual bool TakesWritesAtOnce => true;

    /// <summary>Whether the server takes a delete of something in a folder that is not there.</summary>
    protected virtual bool TakesDeletesOfNothing => true;

    /// <summary>How many there are where there are many: all with --slow, otherwise a quarter, which still is more than a page of a listing. Fewer where each takes its time.</summary>
    protected virtual int Many(int count) => Environment.GetEnvironmentVariable("GANTRY_TEST_SLOW") == "1" ? count : count / 4;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public virtual async ValueTask InitializeAsync() => opened = await OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        if (opened is not null)
        {
            await opened.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Opens an endpoint whose root is there and empty.</summary>
    protected abstract ValueTask<IEndpoint> OpenAsync();

    protected static byte[] Bytes(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    protected WriteOptions Options(long? length = null, DateTimeOffset? modifiedAt = null, int? unixMode = null) => new()
    {
        PartialName = PartialName.Of("any", length, modifiedAt, $"contract{Interlocked.Increment(ref partials):d6}"),
        Length = length,
        ModifiedAt = modifiedAt,
        UnixMode = unixMode,
    };

    protected async Task<Entry> WriteAsync(string path, byte[] content) =>
        await Endpoint.WriteAsync(path, new MemoryStream(content), Options(content.Length, someTime), Token);

    protected Task<Entry> WriteAsync(string path, string content) => WriteAsync(path, Encoding.UTF8.GetBytes(content));

    protected async Task<byte[]> ReadAsync(string path, long offset = 0, long? expectedSize = null)
    {
        await using var stream = await Endpoint.OpenReadAsync(path, offset, expectedSize, Token);
        using var content = new MemoryStream();
        await stream.CopyToAsync(content, Token);
        return content.ToArray();
    }

    protected async Task<string> ReadTextAsync(string path) => Encoding.UTF8.GetString(await ReadAsync(path));

    /// <summary>The time that is kept with a file, by whatever tells it.</summary>
    private async Task<DateTimeOffset?> KeptTimeAsync(string path) => Endpoint is ITellsDetails details
        ? (await details.FindDetailsAsync(path, Token))!.ModifiedAt
        : (await Endpoint.FindAsync(path, Token))!.ModifiedAt;

    protected async Task<List<Entry>> ListAsync(string folder)
    {
        var entries = new List<Entry>();
        await foreach (var entry in Endpoint.ListAsync(folder, Token))
        {
            entries.Add(entry);
        }

        return entries;
    }

    protected async Task<string[]> NamesInAsync(string folder) =>
        [.. (await ListAsync(folder)).Select(entry => entry.Name).Order(StringComparer.Ordinal)];

    protected static async Task<EndpointException> FailsAsync(EndpointError error, Func<Task> action)
    {
        var failure = await Should.ThrowAsync<EndpointException>(action);
        failure.Error.ShouldBe(error, failure.Message);
        failure.Message.ShouldNotBeNullOrWhiteSpace();
        return failure;
    }
}
