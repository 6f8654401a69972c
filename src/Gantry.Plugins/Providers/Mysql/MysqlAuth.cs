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

    /// <summary>What proves that the password is known without telling it; nothing when there is none.</summary>
    public static byte[] Scrambled(string way, string password, ReadOnlySpan<byte> nonce, MysqlServer server)
    {
        var bytes = Encoding.UTF8.GetBytes(password);
        if (bytes.Length == 0)
        {
            return [];
        }

        return way == Native ? ScrambledSha1(bytes, RequireNonce(nonce, server)) : ScrambledSha2(bytes, RequireNonce(nonce, server));
    }

    /// <summary>The password as it is, with a NUL behind it, where it is known who reads it.</summary>
    public static byte[] Plain(string password, MysqlServer server) => server.IsProven
        ? [.. Encoding.UTF8.GetBytes(password), 0]
        : throw MysqlErrors.Login(server, $"{server.Name} wants the password as it is, which it gets only with a certificate that was checked. Set 'tls' to verify-full, and give 'certificate_sha256' or 'ca' where the server signed its certificate itself.");

    /// <summary>The password for who has the key's other half.</summary>
    /// <param name="password">The password.</param>
    /// <param name="nonce">What the server sent to sign in by.</param>
    /// <param name="pem">The key.</param>
    /// <param name="server">Where.</param>
    public static byte[] Encrypted(string password, ReadOnlySpan<byte> nonce, string pem, MysqlServer server)
    {
        byte[] content = [.. Encoding.UTF8.GetBytes(password), 0];
        var mask = RequireNonce(nonce, server);
        for (var index = 0; index < content.Length; index++)
        {
            content[index] ^= mask[index % mask.Length];
        }

        using var key = RSA.Create();
        try
        {
            key.ImportFromPem(pem);
        }
        catch (Exception failure) when (failure is ArgumentException or CryptographicException)
        {
            throw MysqlErrors.Login(server, $"The RSA key of {server.Name} is none: it begins with -----BEGIN PUBLIC KEY-----.");
        }

        const int KeyBitsMin = 2048;
        if (key.KeySize < KeyBitsMin)
        {
            throw MysqlErrors.Login(server, $"The RSA key of {server.Name} has {key.KeySize} bits, which is too few to keep a password: {KeyBitsMin} are the least.");
        }

        try
        {
            // The padding that the protocol has: https://dev.mysql.com/doc/dev/mysql-server/latest/page_caching_sha2_authentication_exchanges.html
            return key.Encrypt(content, RSAEncryptionPadding.OaepSHA1);
        }
        catch (CryptographicException)
        {
            throw MysqlErrors.Login(server, $"The password is longer than the RSA key of {server.Name} can carry. Set 'tls' to verify-full.");
        }
    }

    // The protocol of this older way is made of SHA-1: https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_authentication_methods_native_password_authentication.html
    private static byte[] ScrambledSha1(byte[] password, ReadOnlySpan<byte> nonce)
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
