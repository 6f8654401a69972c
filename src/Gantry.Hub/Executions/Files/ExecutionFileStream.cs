using Gantry.Engine.Endpoints;
using Gantry.Hub.Database;

namespace Gantry.Hub.Executions.Files;

/// <summary>The bytes of a file from an offset on, as someone may see them: one piece is in memory, and no connection is held between two.</summary>
internal sealed class ExecutionFileStream(HubDatabase database, Actor actor, ExecutionFile file, long offset) : ContentStream
{
    private long position = Math.Clamp(offset, 0, file.Size);
    private ReadOnlyMemory<byte> piece;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (position == file.Size || buffer.Length == 0)
            return 0;
        if (piece.IsEmpty)
            piece = await PieceAsync(cancellationToken);
        var count = Math.Min(piece.Length, buffer.Length);
        piece[..count].CopyTo(buffer);
        piece = piece[count..];
        position += count;
        return count;
    }

    private async Task<ReadOnlyMemory<byte>> PieceAsync(CancellationToken cancellationToken)
    {
        byte[]? content;
        try
        {
            await using var session = await database.OpenAsync(actor, cancellationToken);
            content = await ExecutionFileStore.ChunkAsync(session, file, (int)(position / FileKeeper.ChunkBytes), cancellationToken);
        }
        catch (Exception lost) when (DatabaseUnavailableException.Fits(lost))
        {
            throw new EndpointException(EndpointError.Disconnected, $"'{EndpointPath.Printable(file.Name)}' cannot be read on: the database does not answer.", isTransient: true, lost);
        }

        return content is null
            ? throw new EndpointException(EndpointError.NotFound, $"'{EndpointPath.Printable(file.Name)}' is not kept any more.")
            : content.AsMemory((int)(position % FileKeeper.ChunkBytes));
    }
}
