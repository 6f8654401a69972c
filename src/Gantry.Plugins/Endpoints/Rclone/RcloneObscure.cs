using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Gantry.Plugins.Endpoints.Rclone;

/// <summary>
/// The form in which rclone takes passwords: AES-256 in counter mode under a key that every rclone has, with the counter's start before it, in URL-safe Base64. It
/// hides nothing from anybody who has rclone; it is only how rclone wants it.
/// </summary>
internal static class RcloneObscure
{
    private const int BlockBytes = 16;

    // https://rclone.org/commands/rclone_obscure/ and fs/config/obscure of its sources.
    private static readonly byte[] key = Convert.FromHexString("9c935b48730a554d6bfd7c63c886a92bd390198eb8128afbf4de162b8b95f638");

    public static string Obscure(string text) => Obscure(text, RandomNumberGenerator.GetBytes(BlockBytes));

    /// <param name="text">What to hide.</param>
    /// <param name="start">The counter's start: 16 bytes.</param>
    internal static string Obscure(string text, ReadOnlySpan<byte> start)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var whole = new byte[BlockBytes + plain.Length];
        start.CopyTo(whole);
        using var aes = Aes.Create();
        aes.Key = key;
        var counter = start.ToArray();
        Span<byte> mask = stackalloc byte[BlockBytes];
        for (var offset = 0; offset < plain.Length; offset += BlockBytes)
        {
            // Counter mode is what this gives: one block at a time is encrypted, and that is the counter.
            aes.EncryptEcb(counter, mask, PaddingMode.None);
            for (var index = offset; index < Math.Min(offset + BlockBytes, plain.Length); index++)
            {
                whole[BlockBytes + index] = (byte)(plain[index] ^ mask[index - offset]);
            }

            BinaryPrimitives.WriteUInt128BigEndian(counter, BinaryPrimitives.ReadUInt128BigEndian(counter) + 1);
        }

        CryptographicOperations.ZeroMemory(plain);
        return Base64Url.EncodeToString(whole);
    }
}
