using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gantry.Engine.Expressions;
using Gantry.Engine.Plans;
using Gantry.Hub.Executions.Journal;

namespace Gantry.Hub.Executions;

/// <summary>The concurrency key of a start, as its plan says it.</summary>
internal sealed class TurnOf(ExecutionOptions options)
{
    /// <summary>Null when the plan does not limit how many run at once. A plan that was given with the start shares its keys with others of its name.</summary>
    /// <exception cref="ConcurrencyKeyException">The key refers to what is not there.</exception>
    public Turn? Of(Plan plan, Guid workspaceId, Guid? planId, Guid executionId, JsonElement inputs, JsonElement? trigger)
    {
        if (plan.Concurrency is not { } concurrency)
            return null;
        string key;
        try
        {
            key = concurrency.KeyOf(new PlanRun
            {
                ExecutionId = executionId,
                Plan = plan,
                Inputs = inputs,
                Trigger = trigger,
                Environment = options.Environment,

                // A key takes no secret and no endpoint.
                Secrets = null!,
                Endpoints = null!,
            });
        }
        catch (ExpressionException wrong)
        {
            throw new ConcurrencyKeyException($"The concurrency key cannot be made: {wrong.Message}");
        }

        key = ExecutionJson.Storable(key);
        if (key.Length > ExecutionLimits.ConcurrencyKeyCharactersMax)
            key = key[..ExecutionLimits.ConcurrencyKeyCharactersMax] + "…" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        var owner = planId?.ToString() ?? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(plan.Name ?? "")));
        return new Turn($"{owner}/{key}", concurrency.Limit, concurrency.WhenFull switch
        {
            WhenFull.Skip => "skip",
            WhenFull.CancelOldest => "cancel_oldest",
            _ => "queue",
        });
    }
}

/// <summary>A concurrency key that cannot be made of what a start gives; the message is a sentence.</summary>
internal sealed class ConcurrencyKeyException(string message) : Exception(message);
