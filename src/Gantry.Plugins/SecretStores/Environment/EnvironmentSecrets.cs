using Gantry.Engine.Secrets;

namespace Gantry.Plugins.SecretStores.Environment;

/// <summary>Secrets in this process's environment: ${cred:NAME} is the variable CRED_NAME. Any character but a letter or a digit is '_' there.</summary>
public sealed class EnvironmentSecrets : ISecretResolver
{
    private readonly Func<string, string?> readVariable;

    public EnvironmentSecrets()
        : this(System.Environment.GetEnvironmentVariable)
    {
    }

    /// <param name="readVariable">Instead of the process's environment; null means that there is no such variable.</param>
    public EnvironmentSecrets(Func<string, string?> readVariable) => this.readVariable = readVariable;

    public string Places => "environment (CRED_NAME)";

    public static string VariableOf(string name) =>
        "CRED_" + string.Concat(name.Select(character => char.IsAsciiLetterOrDigit(character) ? character : '_'));

    /// <summary>The variable in the name's own case, else in upper case. An empty variable is a secret that is empty.</summary>
    public ValueTask<Secret?> FindAsync(string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var variable = VariableOf(name);
        var value = readVariable(variable) ?? readVariable(variable.ToUpperInvariant());
        return ValueTask.FromResult(value is null ? null : new Secret(value));
    }
}
