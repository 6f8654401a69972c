using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers;

namespace Gantry.Engine.Plans;

/// <summary>Adds to a failed attempt which saved endpoints it was about and, when it was refused, with which credentials: where a person looks next.</summary>
internal static class FailedUses
{
    private const string Endpoints = "endpoints";
    private const string Credentials = "credentials";

    public static async ValueTask<StepAttempt> NoteAsync(StepAttempt ended, CompiledAction step, JsonElement parameters, IEndpointOpener opener, CancellationToken cancellationToken)
    {
        if (ended.Status != StepStatus.Failed)
        {
            return ended;
        }

        string[] addresses = [.. step.AddressesOf(parameters)];
        var metadata = ended.Metadata is null ? new Dictionary<string, string>(StringComparer.Ordinal) : new Dictionary<string, string>(ended.Metadata, StringComparer.Ordinal);
        Note(metadata, Endpoints, addresses.Select(address => NamedAddress.TryParse(address, out var named) ? named.Name : null).OfType<string>());
        if (ended.Error is { Kind: ProviderErrorKind.Unauthorized })
        {
            List<string> names = [.. step.SecretUses.Select(use => use.Name)];
            foreach (var address in cancellationToken.IsCancellationRequested ? [] : addresses)
            {
                names.AddRange(await FindSecretsAsync(opener, address, cancellationToken));
            }

            Note(metadata, Credentials, names);
        }

        return metadata.Count == 0 ? ended : ended with { Metadata = metadata };
    }

    private static async ValueTask<IReadOnlyList<string>> FindSecretsAsync(IEndpointOpener opener, string address, CancellationToken cancellationToken)
    {
        try
        {
            return await opener.FindSecretsAsync(address, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Why it failed stands without them.
            return [];
        }
    }

    private static void Note(Dictionary<string, string> metadata, string name, IEnumerable<string> names)
    {
        if (string.Join(", ", names.Distinct(StringComparer.Ordinal)) is { Length: > 0 } found)
        {
            metadata.TryAdd(name, found);
        }
    }
}
