using System.Security.Cryptography;
using System.Text;

namespace Gantry.Plugins.Providers.Mysql;

/// <summary>What proves to a server that the password is known, by the ways that servers ask for.</summary>
internal static class MysqlAuth
{
    public const string Native = "mysql_native_password";
    public const string CachingSha2 = "caching_sha2_password";
    public const string Sha256 = "sha256_password";
    public const string Clear = "mysql_clear_password";

    private const int NonceLength = 20;

    /// <summary>Null for a way that is not known. Those that send the password as it is are answered only where it is known who reads it.</summary>
    public static byte[]? Answer(string way, string password, ReadOnlySpan<byte> nonce, MysqlServer server)
    {
        var bytes = Encoding.UTF8.GetBytes(password);
        switch (way)
        {
            case Native:
                return bytes.Length == 0 ? [] : Scrambled(bytes, RequireNonce(nonce, server));
            case CachingSha2:
                return bytes.Length == 0 ? [] : ScrambledSha2(bytes, RequireNonce(nonce, server));
            case Sha256 or Clear:
                return bytes.Length == 0 ? [0] : Plain(password, server);
            default:
                return null;
        }
    }

    /// <summary>The password as it is, with a NUL behind it.</summary>
    public static byte[] Plain(string password, MysqlServer server) => server.IsProven
        ? [.. Encoding.UTF8.GetBytes(password), 0]
        : throw MysqlErrors.Login(server, $"{server.Name} wants the password as it is, which it gets only with a certificate that was checked. Set 'tls' to verify-full, and give 'certificate_sha256' or 'ca' where the server signed its certificate itself.");

    // The protocol of this older way is made of SHA-1: https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_authentication_methods_native_password_authentication.html
    private static byte[] Scrambled(byte[] password, ReadOnlySpan<byte> nonce)
    {
        var once = SHA1.HashData(password);
        var proof = SHA1.HashData([.. nonce, .. SHA1.HashData(once)]);
        return Combine(once, proof);
    }

    private static byte[] ScrambledSha2(byte[] password, ReadOnlySpan<byte> nonce)
    {
        var once = SHA256.HashData(password);
        var proof = SHA256.HashData([.. SHA256.HashData(SHA256.HashData(password)), .. nonce]);
        return Combine(once, proof);
    }

    private static byte[] Combine(byte[] left, byte[] right) => [.. left.Zip(right, (a, b) => (byte)(a ^ b))];

    private static ReadOnlySpan<byte> RequireNonce(ReadOnlySpan<byte> nonce, MysqlServer server) =>
        nonce.Length >= NonceLength ? nonce[..NonceLength] : throw MysqlErrors.Protocol(server.Name, "its greeting is too short to sign in by");
}
