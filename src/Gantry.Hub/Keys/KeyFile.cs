using System.Security.Cryptography;
using Gantry.Engine.Files;
using Gantry.Hub.Database;

namespace Gantry.Hub.Keys;

/// <summary>A private key (EC, P-256) in a file that only the hub's own user may read. A weak key, or one that others can read, stops the start.</summary>
internal static class KeyFile
{
    private const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private const string P256 = "1.2.840.10045.3.1.7";

    /// <summary>Null when there is no such file yet.</summary>
    /// <exception cref="HubStartException">What is there is no key to rely on.</exception>
    public static ECDsa? Read(string path)
    {
        if (!File.Exists(path)) return null;
        if ((File.GetUnixFileMode(path) & Others) != UnixFileMode.None)
        {
            throw new HubStartException($"The key file '{path}' can be read or changed by other users of this machine. Take that away with 'chmod 600 {path}', "
                + "or delete the file if somebody may have copied it: the hub makes another.");
        }

        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            var parameters = key.ExportParameters(includePrivateParameters: true);
            var isStrong = parameters.Curve is { IsNamed: true, Oid: var oid } && (oid.Value == P256 || oid.FriendlyName == ECCurve.NamedCurves.nistP256.Oid.FriendlyName);
            CryptographicOperations.ZeroMemory(parameters.D);
            if (isStrong) return key;
        }
        catch (Exception broken) when (broken is ArgumentException or CryptographicException)
        {
            // Said below: the inner message may quote the file.
        }

        key.Dispose();
        throw new HubStartException($"The key file '{path}' holds no private key of the curve P-256. Restore it from a backup, or delete it: the hub makes another.");
    }

    /// <summary>A new key in place of what is there. A crash leaves the one or the other, whole.</summary>
    public static ECDsa Write(string path)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, Mine | UnixFileMode.UserExecute);
        WholeFile.Replace(path, System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"));
        return key;
    }
}
