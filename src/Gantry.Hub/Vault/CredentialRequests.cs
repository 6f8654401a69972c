namespace Gantry.Hub.Vault;

/// <summary>A credential to store under a name that is still free.</summary>
internal sealed record NewCredentialRequest
{
    /// <summary>Null when the website and the type give it.</summary>
    public string? Name { get; init; }

    public string? Website { get; init; }

    /// <summary>Such as FTP_PASSWORD.</summary>
    public string? Type { get; init; }

    /// <summary>Null for a provider's.</summary>
    public GivenValue? Value { get; init; }

    /// <summary>Instead of a name: a provider, whose fields follow.</summary>
    public string? Provider { get; init; }

    public IReadOnlyDictionary<string, GivenValue>? Fields { get; init; }

    /// <summary>"user", for oneself, if not given.</summary>
    public CredentialScope Scope { get; init; }

    /// <summary>It is sent nowhere else.</summary>
    public IReadOnlyList<string>? AllowedHosts { get; init; }
}

/// <summary>A credential to store or to change; what is not given stays.</summary>
internal sealed record CredentialRequest
{
    public GivenValue? Value { get; init; }

    public string? Website { get; init; }

    public string? Type { get; init; }

    /// <summary>Which one is meant. Without it the one that a reference would find, and a new one is one's own.</summary>
    public CredentialScope? Scope { get; init; }

    /// <summary>It is sent nowhere else; an empty list lifts that.</summary>
    public IReadOnlyList<string>? AllowedHosts { get; init; }

    /// <summary>The change is refused when the credential has another version by now.</summary>
    public string? Version { get; init; }
}

/// <summary>A provider's credentials to store or to change.</summary>
internal sealed record ProviderCredentialRequest
{
    /// <summary>All of them: those not among them are forgotten. Without it they stay as they are.</summary>
    public IReadOnlyDictionary<string, GivenValue>? Fields { get; init; }

    /// <inheritdoc cref="CredentialRequest.Scope"/>
    public CredentialScope? Scope { get; init; }

    /// <inheritdoc cref="CredentialRequest.AllowedHosts"/>
    public IReadOnlyList<string>? AllowedHosts { get; init; }

    /// <inheritdoc cref="CredentialRequest.Version"/>
    public string? Version { get; init; }
}

/// <summary>Which field of a provider's credentials is meant; a credential without a provider has only one.</summary>
internal sealed record RevealRequest
{
    public string? Field { get; init; }
}

/// <summary>The answer that bears a secret.</summary>
internal sealed record RevealedValue(string Value)
{
    public override string ToString() => "***";
}
