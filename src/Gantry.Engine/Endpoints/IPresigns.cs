namespace Gantry.Engine.Endpoints;

/// <summary>An endpoint that can let somebody without a login read or write one of its files for a while.</summary>
public interface IPresigns
{
    /// <summary>
    /// A link that reads the file (GET) or writes it (PUT) until it expires. Whoever has it may, so that it is a secret as long as it lives. The file
    /// need not be there.
    /// </summary>
    ValueTask<string> PresignAsync(string path, TimeSpan lifetime, bool isUpload, CancellationToken cancellationToken);
}
