using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>A path on the server: the endpoint's root and a path below it, joined only in the packet.</summary>
internal readonly struct SftpPath
{
    private readonly string root;
    private readonly string path;
    private readonly int rootBytes;
    private readonly int pathBytes;

    /// <param name="root">Absolute, or relative to the login's home; "" is the home itself.</param>
    /// <param name="path">Below the root; "" is the root itself. Fails with BadPath when it is no well-formed name.</param>
    public SftpPath(string root, string path)
    {
        this.root = root.Length == 0 && path.Length == 0 ? "." : root;
        this.path = path;
        rootBytes = NameBytes.Count(this.root);
        pathBytes = NameBytes.Count(path);
    }

    /// <summary>A text that is a path by itself: a link's target.</summary>
    public SftpPath(string text)
        : this("", text)
    {
    }

    /// <summary>The number of bytes <see cref="Encode"/> writes.</summary>
    public int Bytes => rootBytes + (HasSeparator ? 1 : 0) + pathBytes;

    private bool HasSeparator => root.Length > 0 && path.Length > 0 && root[^1] != '/';

    public void Encode(Span<byte> bytes)
    {
        NameBytes.Encode(root, bytes);
        bytes = bytes[rootBytes..];
        if (HasSeparator)
        {
            bytes[0] = (byte)'/';
            bytes = bytes[1..];
        }

        NameBytes.Encode(path, bytes);
    }

    public override string ToString() => EndpointPath.Printable(HasSeparator ? $"{root}/{path}" : root + path);
}
