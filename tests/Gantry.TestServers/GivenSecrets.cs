using Gantry.Engine.Secrets;

namespace Gantry.TestServers;

/// <summary>Secrets as a test gives them.</summary>
/// <param name="find">The value of a name; null when there is none.</param>
public sealed class GivenSecrets(Func<string, string?> find) : ISecretResolver
{
    public string Places => "the test";

    public ValueTask<Secret?> FindAsync(string name, CancellationToken cancellationToken) => ValueTask.FromResult(find(name) is { } value ? new Secret(value) : null);
}
