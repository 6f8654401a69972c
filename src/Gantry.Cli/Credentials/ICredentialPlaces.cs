using System.Text.Json;
using Gantry.Engine.Secrets;

namespace Gantry.Cli.Credentials;

/// <summary>Where credentials are kept: a store of this user's, or a hub. Answers have the form of the hub's API in both.</summary>
internal interface ICredentialPlaces : IDisposable
{
    /// <summary>"the file '…'", "the hub at http://…".</summary>
    string Place { get; }

    Task<IReadOnlyList<JsonElement>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Null when there is none.</summary>
    Task<JsonElement?> FindAsync(string name, CancellationToken cancellationToken);

    /// <summary>Those of the names that are there.</summary>
    Task<IReadOnlyDictionary<string, Secret>> RevealAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken);

    Task PutAsync(IReadOnlyList<SecretWrite> writes, CancellationToken cancellationToken);

    /// <summary>False when there was none.</summary>
    Task<bool> RemoveAsync(string name, CancellationToken cancellationToken);

    /// <summary>Seals everything under a new key, and says what was done.</summary>
    Task<string> RotateAsync(CancellationToken cancellationToken);
}
