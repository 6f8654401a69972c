using System.Collections.Concurrent;
using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Specs.Plans;

/// <summary>A provider that does what the test says, and remembers how it was called.</summary>
public sealed class FakeProvider : IProvider
{
    public ConcurrentQueue<ProviderCall> Calls { get; } = new();

    /// <summary>Answers each call; by default with its own parameters as the output.</summary>
    public Func<ProviderCall, CancellationToken, Task<ProviderResult>> Answer { get; set; } =
        (call, _) => Task.FromResult(ProviderResult.Success(call.Parameters));

    public string Id => "fake";

    public string Title => "Fake";

    public string Help => "Does what the test says.";

    public IReadOnlyList<ProviderAction> Actions { get; } =
    [
        new()
        {
            Id = "do",
            Help = "Does it.",
            Parameters =
            [
                new() { Name = "text", Help = "Any text." },
                new() { Name = "count", Type = SettingType.Integer, Help = "A number." },
                new() { Name = "flag", Type = SettingType.Boolean, Help = "A switch." },
                new() { Name = "value", Type = SettingType.Any, Help = "Anything." },
                new() { Name = "list", Type = SettingType.List, Help = "A list." },
                new() { Name = "headers", Type = SettingType.Map, TakesSecrets = true, Help = "Texts that may hold secrets." },
                new() { Name = "token", IsSecret = true, Help = "A secret." },
                new() { Name = "colour", Choices = ["red", "green"], Help = "One of two." },
                new() { Name = "wait", Type = SettingType.Duration, Help = "A time." },
            ],
        },
        new() { Id = "again", Help = "May be done twice.", IsRepeatable = true, Parameters = [new() { Name = "text", Help = "Any text." }] },
        new()
        {
            Id = "either",
            Help = "May be done twice when it says so.",
            IsRepeatableWith = parameters => parameters.TryGetProperty("text", out var text) && text.ValueEquals("safe"),
            Parameters = [new() { Name = "text", Help = "Any text." }],
        },
        new()
        {
            Id = "ask",
            Help = "Asks an AI.",
            AsksAi = true,
            Parameters = [new() { Name = "text", Help = "Any text." }, new() { Name = "max_tokens", Type = SettingType.Integer, Help = "The most of the answer." }],
        },
        new() { Id = "pure", Help = "Computes.", IsPure = true, Parameters = [new() { Name = "value", Type = SettingType.Any, Help = "Anything." }] },
        new()
        {
            Id = "move",
            Help = "Takes places.",
            Parameters =
            [
                new() { Name = "from", Type = SettingType.List, Items = SettingType.Address, Help = "Where from." },
                new() { Name = "to", Type = SettingType.Address, Help = "Where to." },
                new() { Name = "token", IsSecret = true, Help = "A secret." },
            ],
        },
        new()
        {
            Id = "needs",
            Help = "Has a required parameter and a default.",
            Parameters =
            [
                new() { Name = "url", IsRequired = true, Help = "Where to." },
                new() { Name = "limit", Type = SettingType.Integer, Default = JsonElement.Parse("7"), Help = "How many." },
            ],
        },
    ];

    public async Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        Calls.Enqueue(call);
        return await Answer(call, cancellationToken);
    }

    public static ProviderResult Fails(bool isTransient, TimeSpan? retryAfter = null) => ProviderResult.Failure(new()
    {
        Kind = ProviderErrorKind.Unavailable,
        Message = "It is down.",
        IsTransient = isTransient,
        RetryAfter = retryAfter,
    });
}
