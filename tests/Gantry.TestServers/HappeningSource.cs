using Gantry.Engine.Endpoints;

namespace Gantry.TestServers;

/// <summary>A source at which something happens when so many bytes of one file were read for the first time.</summary>
public sealed class HappeningSource(IEndpoint inner, string name, int afterBytes, Func<Task> happen) : PassingEndpoint(inner)
{
    private const int PortionBytes = 100_000;

    /// <summary>How often the file was opened.</summary>
    public int Opened { get; private set; }

    public override async ValueTask<Stream> OpenReadAsync(string path, long offset, long? expectedSize, CancellationToken cancellationToken)
    {
        var stream = await base.OpenReadAsync(path, offset, expectedSize, cancellationToken);
        return path == name && ++Opened == 1 ? new HappeningStream(stream, afterBytes, happen) : stream;
    }

    private sealed class HappeningStream(Stream inner, int afterBytes, Func<Task> happen) : Stream
    {
        private int given;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var before = given;
            given += await inner.ReadAsync(buffer[..Math.Min(buffer.Length, PortionBytes)], cancellationToken);
            if (before < afterBytes && given >= afterBytes)
            {
                await happen();
            }

            return given - before;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Endpoints read asynchronously.");

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
