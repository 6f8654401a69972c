using Gantry.Hub.Web;
using Microsoft.AspNetCore.Identity;

namespace Gantry.Hub.Accounts;

/// <summary>Hashes passwords (PBKDF2, 100,000 rounds of SHA-512) and compares them; an unknown user costs the same time as a known one.</summary>
internal sealed class Passwords : IDisposable
{
    public const int LengthMin = 8;
    public const int LengthMax = 200;

    private static readonly object Nobody = new();

    private readonly PasswordHasher<object> hasher = new();

    // A guess costs a core some 50 ms: more at once would starve the work itself.
    private readonly SemaphoreSlim turns = new(Math.Max(1, Environment.ProcessorCount / 2));
    private readonly Lazy<string> nobodysHash;

    public Passwords() => nobodysHash = new Lazy<string>(() => hasher.HashPassword(Nobody, Tokens.NewPassword()));

    public void Dispose() => turns.Dispose();

    public string Hash(string password) => hasher.HashPassword(Nobody, password);

    /// <param name="hash">Null when there is no such user, or no password: the same work is done, and the answer is no.</param>
    public async Task<bool> IsRightAsync(string? hash, string password, CancellationToken cancellationToken)
    {
        await turns.WaitAsync(cancellationToken);
        try
        {
            var isRight = hasher.VerifyHashedPassword(Nobody, hash ?? nobodysHash.Value, password) != PasswordVerificationResult.Failed;
            return isRight && hash is not null;
        }
        finally
        {
            turns.Release();
        }
    }

    /// <exception cref="ProblemException">The password is too short or too long.</exception>
    public static void Check(string password, string userName)
    {
        if (password.Length is < LengthMin or > LengthMax)
            throw ProblemException.Invalid($"A password has {LengthMin} to {LengthMax} characters.");
        if (password.Contains(userName, StringComparison.OrdinalIgnoreCase) && password.Length < userName.Length + LengthMin)
            throw ProblemException.Invalid("The password is little more than the user's name. Choose another.");
    }
}
