using Gantry.Engine.Settings;

namespace Gantry.Engine.Secrets;

/// <summary>A kind of secret store, which describes itself: help texts, forms and the check of a configuration are made from this description.</summary>
public abstract class SecretStoreKind
{
    /// <summary>Lower-case, as in a configuration's 'backend': "file", "env".</summary>
    public abstract string Id { get; }

    public abstract string Title { get; }

    /// <summary>One sentence: where it keeps credentials and whom it suits.</summary>
    public abstract string Help { get; }

    /// <summary>What stands under 'backend_config' for it. A secret needed to open the store is never among them, only where to find it.</summary>
    public abstract IReadOnlyList<Setting> Settings { get; }

    /// <summary>It keeps credentials on this machine, in its files or its environment. On a hub that is its administrator's to allow.</summary>
    public virtual bool IsOfMachine => true;

    /// <summary>Opens it; a wrong setting fails with BadSetting. Nothing is read or connected before the first question.</summary>
    public abstract ISecretStore Open(SecretStoreSettings settings, SecretStoreContext context);
}

/// <summary>A kind's id and the values of its settings, checked and completed against its description by <see cref="SecretStoreCatalog"/>.</summary>
public sealed record SecretStoreSettings
{
    public required string Kind { get; init; }

    /// <summary>As text; lists have one item a line.</summary>
    public IReadOnlyDictionary<string, string> Values { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Null when it is not given or empty.</summary>
    public string? Find(string name) => Values.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;
}

/// <summary>What a store may use and where it may go, given by whoever opens it.</summary>
public sealed record SecretStoreContext
{
    /// <summary>A variable of the environment that the store's settings name; null when there is none. A hub shows only what its administrator meant for it.</summary>
    public required Func<string, string?> ReadVariable { get; init; }

    /// <summary>The names of those variables.</summary>
    public required Func<IEnumerable<string>> VariableNames { get; init; }

    /// <summary>The folder that relative paths are under; absolute.</summary>
    public required string Folder { get; init; }

    /// <summary>Folders under which a store's files must lie; null means everywhere (the command line, where the user is the user).</summary>
    public IReadOnlyList<string>? LocalRoots { get; init; }

    /// <summary>Hosts a store may be reached at although they are private, as "host:port"; "*" means every one.</summary>
    public IReadOnlyList<string> EgressAllowed { get; init; } = [];

    /// <summary>The file of the user's own key, made when it is first needed; null where nobody has one (a hub).</summary>
    public string? UserKeyFile { get; init; }

    /// <summary>Asks the person at the terminal for a passphrase; null when nobody is there.</summary>
    public Func<string, CancellationToken, Task<Secret>>? AskAsync { get; init; }

    /// <summary>Hears what the user should know, such as that a key was made.</summary>
    public Action<string> Notice { get; init; } = _ => { };

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
