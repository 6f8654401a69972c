namespace Gantry.Engine.Secrets;

/// <summary>Finds the secret that a reference ${cred:NAME} names, for one user of one workspace.</summary>
public interface ISecretResolver
{
    /// <summary>Null means that no store has a secret of this name.</summary>
    ValueTask<Secret?> FindAsync(string name, CancellationToken cancellationToken);

    /// <summary>Where it looks, for the message when nothing was found: "environment (CRED_NAME)".</summary>
    string Places { get; }
}
