using System.Collections.Concurrent;
using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Settings;

namespace Gantry.Hub.Specs.Executions;

/// <summary>
/// A provider whose calls do what a test says. "echo" is pure and answers its value; "call" and "safe" are recorded as they begin and go on when the test lets them.
/// </summary>
internal sealed class ScriptedProvider : IProvider
{
    private static readonly Setting Value = new() { Name = "value", Type = SettingType.Any, Help = "What is answered." };

    /// <summary>Called for "call" and "safe".</summary>
    public Func<ProviderCall, CancellationToken, Task<ProviderResult>> Act { get; set; } =
        (call, _) => Task.FromResult(ProviderResult.Success(call.Parameters.TryGetProperty("value", out var value) ? value : null));

    /// <summary>The idempotency key of every call made, in order.</summary>
    public ConcurrentQueue<string> Calls { get; } = [];

    public string Id => "test";

    public string Title => "Test";

    public string Help => "Does what a test says.";

    public IReadOnlyList<ProviderAction> Actions { get; } =
    [
        new() { Id = "echo", Help = "Answers its value.", IsPure = true, IsRepeatable = true, Parameters = [Value] },
        new() { Id = "call", Help = "Has an effect.", Parameters = [Value, new() { Name = "token", IsSecret = true, Help = "What it signs in with." }] },
        new() { Id = "safe", Help = "Has an effect that may be had twice.", IsRepeatable = true, Parameters = [Value] },
    ];

    public async Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        if (call.Action == "echo")
            return ProviderResult.Success(call.Parameters.TryGetProperty("value", out var value) ? value : null);
        Calls.Enqueue(call.IdempotencyKey);
        return await Act(call, cancellationToken);
    }
}
