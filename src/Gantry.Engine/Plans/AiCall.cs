using System.Text.Json;
using Gantry.Engine.Providers;

namespace Gantry.Engine.Plans;

/// <summary>A call of an AI, within the budgets of its execution and its workspace.</summary>
internal sealed class AiCall(IReadOnlyList<IAiAccount> accounts, string stepName, JsonElement parameters)
{
    private readonly long expected = AiUse.Expected(parameters);

    /// <summary>Null when the call may be made; otherwise its result, for good.</summary>
    public async ValueTask<ProviderResult?> RefusalAsync(CancellationToken cancellationToken)
    {
        for (var taken = 0; taken < accounts.Count; taken++)
        {
            if (await accounts[taken].TakeAsync(expected, cancellationToken) is { } reason)
            {
                foreach (var account in accounts.Take(taken))
                {
                    await account.SettleAsync(expected, default);
                }

                return ProviderResult.Failure(new ProviderError { Kind = ProviderErrorKind.Stopped, Message = $"{stepName} was not asked: {reason}." });
            }
        }

        return null;
    }

    /// <summary>A vendor that does not tell what was used is taken to have used what it might have; one that refused has used nothing.</summary>
    public async ValueTask SettleAsync(ProviderResult? result)
    {
        var isRefusal = result is { IsSuccess: false, Error.Kind: not (ProviderErrorKind.TimedOut or ProviderErrorKind.Cancelled) };
        var used = AiUse.In(result?.Metadata) ?? new AiUse(isRefusal ? 0 : expected, 0);
        foreach (var account in accounts)
        {
            await account.SettleAsync(expected, used);
        }
    }
}
