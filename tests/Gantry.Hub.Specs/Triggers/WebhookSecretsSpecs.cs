using Gantry.Engine.Secrets;
using Gantry.Hub.Triggers;
using Gantry.Hub.Triggers.Webhooks;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Triggers;

/// <summary>For how long a hub knows a webhook's secret that was changed elsewhere.</summary>
public sealed class WebhookSecretsSpecs
{
    private readonly ManualClock clock = new();
    private readonly Store store = new();
    private readonly TriggerContext trigger = new() { WorkspaceId = Guid.CreateVersion7(), UserId = Guid.CreateVersion7() };
    private readonly WebhookSecrets secrets;

    public WebhookSecretsSpecs() => secrets = new WebhookSecrets(_ => store, clock);

    [Fact]
    public async Task What_was_taken_away_or_changed_counts_for_five_seconds_more_at_most()
    {
        store.Value = "old";
        (await FindAsync()).ShouldBe("old");

        store.Value = "new";
        clock.Advance(TimeSpan.FromMilliseconds(4_999));
        (await FindAsync()).ShouldBe("old");
        clock.Advance(TimeSpan.FromMilliseconds(1));
        (await FindAsync()).ShouldBe("new");

        store.Value = null;
        clock.Advance(TimeSpan.FromSeconds(5));
        (await FindAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task One_that_does_not_fit_is_looked_up_anew_and_not_with_every_guess()
    {
        store.Value = "old";
        await FindAsync();
        store.Value = "new";

        (await FindAsync(renews: true)).ShouldBe("old");
        clock.Advance(TimeSpan.FromMilliseconds(500));
        (await FindAsync(renews: true)).ShouldBe("new");
        for (var i = 0; i < 100; i++)
            await FindAsync(renews: true);

        store.Asked.ShouldBe(2);
        (await FindAsync()).ShouldBe("new");
    }

    [Fact]
    public async Task Each_user_of_each_workspace_has_their_own()
    {
        store.Value = "mine";
        await FindAsync();
        store.Value = "another's";

        (await secrets.FindAsync(trigger with { UserId = Guid.CreateVersion7() }, "HOOK", renews: false, CancellationToken.None)).ShouldBe("another's");
        (await secrets.FindAsync(trigger with { WorkspaceId = Guid.CreateVersion7() }, "HOOK", renews: false, CancellationToken.None)).ShouldBe("another's");
        (await FindAsync()).ShouldBe("mine");
    }

    private async Task<string?> FindAsync(bool renews = false) => await secrets.FindAsync(trigger, "HOOK", renews, CancellationToken.None);

    private sealed class Store : ISecretResolver
    {
        public string? Value { get; set; }

        public int Asked { get; private set; }

        public string Places => "here";

        public ValueTask<Secret?> FindAsync(string name, CancellationToken cancellationToken)
        {
            Asked++;
            return ValueTask.FromResult(Value is { } value ? new Secret(value) : null);
        }
    }
}
