using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.Hub.Database;
using Gantry.Hub.Executions;
using Gantry.Hub.Notifications;
using Gantry.Hub.Plans;
using Gantry.Hub.Specs.Executions;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Notifications;

public sealed class NotificationSpecs(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private const string Tell = """use: test.safe, with: { value: "${trigger}" }""";

    private readonly ScriptedProvider provider = new();
    private readonly List<JsonElement> told = [];
    private RunningHub hub = null!;
    private Actor actor = null!;

    public async ValueTask InitializeAsync()
    {
        provider.Act = Act;
        hub = await RunningHub.StartAsync(database, provider);
        actor = await database.CreateActorAsync();
    }

    public ValueTask DisposeAsync() => hub.DisposeAsync();

    [Fact]
    public async Task A_failure_is_told_with_what_failed_and_where()
    {
        var plan = await SaveAsync($"notify: [ {{ on: failure, {Tell} }} ]");

        var ended = await RunAsync(plan, "fail");
        await RunAsync(plan, "well");

        var trigger = told.ShouldHaveSingleItem();
        trigger.GetProperty("occasion").GetString().ShouldBe("failure");
        trigger.GetProperty("title").GetString().ShouldBe("publish failed");
        trigger.GetProperty("text").GetString()!.ShouldContain("failed at the step");
        trigger.GetProperty("text").GetString()!.ShouldContain("It broke: fail.");
        trigger.GetProperty("execution").GetProperty("id").GetGuid().ShouldBe(ended);
        trigger.GetProperty("execution").GetProperty("error").GetProperty("kind").GetString().ShouldBe("bad_request");
        (await StatusesAsync()).ShouldBe("failure started, recovery noted");
    }

    [Fact]
    public async Task The_first_success_after_a_failure_is_a_recovery_and_no_other_is()
    {
        var plan = await SaveAsync($"notify: [ {{ on: [recovery], {Tell} }} ]");

        foreach (var how in (string[])["well", "fail", "fail", "well", "well", "fail", "well"])
            await RunAsync(plan, how);

        told.Select(trigger => trigger.GetProperty("title").GetString()).ShouldBe(["publish works again", "publish works again"]);
    }

    [Fact]
    public async Task The_same_cause_is_told_no_more_often_than_said_and_the_next_one_says_how_many_were_kept_back()
    {
        var plan = await SaveAsync($"notify: [ {{ on: failure, {Tell}, at_most_every: 1h }} ]");
        foreach (var how in (string[])["fail", "fail", "fail", "crash", "fail"])
            await RunAsync(plan, how);
        told.Select(trigger => trigger.GetProperty("execution").GetProperty("error").GetProperty("kind").GetString()).ShouldBe(["bad_request", "conflict"]);

        await AskAsync<int>("with moved as (update notifications set decided_at = decided_at - interval '61 minutes' returning 1) select count(*)::int from moved");
        await RunAsync(plan, "fail");

        told.Count.ShouldBe(3);
        told[2].GetProperty("suppressed").GetInt32().ShouldBe(3);
        told[2].GetProperty("text").GetString()!.ShouldContain("3 more like it were kept back");
    }

    [Fact]
    public async Task A_recovery_from_a_failure_that_was_told_is_told_and_from_one_kept_back_is_not()
    {
        var plan = await SaveAsync($"notify: [ {{ on: [failure, recovery], {Tell}, at_most_every: 1h }} ]");

        foreach (var how in (string[])["fail", "well", "fail", "well"])
            await RunAsync(plan, how);

        told.Select(trigger => trigger.GetProperty("occasion").GetString()).ShouldBe(["failure", "recovery"]);
        (await StatusesAsync()).ShouldBe("failure started, recovery started, failure suppressed, recovery suppressed");
    }

    [Fact]
    public async Task A_plan_that_says_nothing_takes_what_its_workspace_says_and_can_decline_it()
    {
        await using (var session = await database.Database.OpenAsync(actor, CancellationToken.None))
        {
            await NotificationRules.SetDefaultAsync(session, Check($"notify: [ {{ on: [failure, success], {Tell} }} ]").Notify!, CancellationToken.None);
            await session.CommitAsync(CancellationToken.None);
        }

        var heir = await SaveAsync("", "heir");
        var silent = await SaveAsync("notify: []", "silent");
        var other = await SaveAsync($"notify: [ {{ on: failure, {Tell} }} ]", "other");
        foreach (var plan in (SavedPlan[])[heir, silent, other])
        {
            await RunAsync(plan, "fail");
            await RunAsync(plan, "well");
        }

        told.Select(trigger => trigger.GetProperty("title").GetString()).ShouldBe(["heir failed", "heir succeeded", "other failed"]);
    }

    [Fact]
    public async Task A_notification_that_fails_is_shown_and_leaves_the_execution_as_it_was()
    {
        provider.Act = (call, token) => call.Action == "safe"
            ? Task.FromResult(ProviderResult.Failure(new ProviderError { Kind = ProviderErrorKind.Unauthorized, Message = "The token is void." }))
            : Act(call, token);
        var plan = await SaveAsync($"notify: [ {{ on: success, {Tell} }} ]");

        var ended = await RunAsync(plan, "well");

        (await AskAsync<string>($"select status from executions where id = '{ended}'")).ShouldBe("succeeded");
        (await AskAsync<string>($"select e.status || ': ' || (e.error::jsonb ->> 'message') from notifications n join executions e on e.id = n.id where n.about = '{ended}'"))
            .ShouldBe("failed: The token is void.");
    }

    [Fact]
    public async Task One_that_failed_to_be_told_keeps_no_other_back()
    {
        var plan = await SaveAsync($"notify: [ {{ on: failure, {Tell}, at_most_every: 1h }} ]");
        provider.Act = (call, token) => call.Action == "safe"
            ? Task.FromResult(ProviderResult.Failure(new ProviderError { Kind = ProviderErrorKind.BadRequest, Message = "No." }))
            : Act(call, token);
        await RunAsync(plan, "fail");
        provider.Act = Act;

        await RunAsync(plan, "fail");

        told.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_hub_that_dies_before_it_notes_that_it_told_does_not_tell_twice()
    {
        var plan = await SaveAsync($"notify: [ {{ on: failure, {Tell} }} ]");
        await RunAsync(plan, "fail");
        await AskAsync<int>(
            $"with moved as (update notifications set status = 'due', next_attempt_at = now() where workspace_id = '{actor.WorkspaceId}' returning 1) select count(*)::int from moved");

        await TickAsync();

        told.ShouldHaveSingleItem();
        (await StatusesAsync()).ShouldBe("failure started");
    }

    [Fact]
    public async Task One_that_cannot_be_told_is_tried_ten_times_and_given_up_with_the_reason()
    {
        var plan = await SaveAsync($"notify: [ {{ on: failure, {Tell} }} ]");
        await EndAsync(plan, "fail");
        await hub.Get<NotificationWork>().DecideAsync(CancellationToken.None);
        await ChangeAsync("rule = '{}', attempts = 8");

        await TickAsync();
        (await StatusesAsync()).ShouldBe("failure due");
        (await AskAsync<bool>($"select attempts = 9 and reason <> '' and next_attempt_at > now() from notifications where workspace_id = '{actor.WorkspaceId}'")).ShouldBeTrue();
        await ChangeAsync("next_attempt_at = now()");
        await TickAsync();

        (await StatusesAsync()).ShouldBe("failure dead");
        (await AskAsync<bool>($"select attempts = 10 and reason like 'This rule cannot be read%' and next_attempt_at is null from notifications where workspace_id = '{actor.WorkspaceId}'")).ShouldBeTrue();
        told.ShouldBeEmpty();

        Task ChangeAsync(string set) => AskAsync<int>($"with changed as (update notifications set {set} where workspace_id = '{actor.WorkspaceId}' returning 1) select count(*)::int from changed");
    }

    [Fact]
    public async Task Notifications_are_forgotten_when_they_are_older_than_is_kept_and_not_before_they_were_told()
    {
        var plan = await SaveAsync($"notify: [ {{ on: failure, {Tell} }} ]");
        await RunAsync(plan, "fail");
        await RunAsync(plan, "fail");
        await RunAsync(plan, "fail");
        await AskAsync<int>($"""
            with old as (update notifications set created_at = now() - interval '91 days', status = case when seq = (select max(seq) from notifications) then 'due' else status end
              where workspace_id = '{actor.WorkspaceId}' and seq > (select min(seq) from notifications where workspace_id = '{actor.WorkspaceId}') returning 1)
            select count(*)::int from old
            """);

        await hub.Get<NotificationWork>().ForgetAsync(TimeSpan.FromDays(90), CancellationToken.None);

        (await StatusesAsync()).ShouldBe("failure started, failure due");
    }

    [Fact]
    public async Task Two_hubs_tell_of_each_of_many_failures_once()
    {
        const int failures = 60;
        await using var other = await RunningHub.StartAsync(database, provider);
        var plan = await SaveAsync($"notify: [ {{ on: failure, {Tell} }} ]");
        await Task.WhenAll(Enumerable.Range(0, failures).Select(_ => EndAsync(plan, "fail")));

        await Task.WhenAll(Enumerable.Range(0, 4).Select(index => Task.Run(() => (index % 2 == 0 ? hub : other).Get<Notifier>().TickAsync(CancellationToken.None))));
        await TickAsync();
        await other.Get<Dispatcher>().IdleAsync();

        told.Count.ShouldBe(failures);
        told.Select(trigger => trigger.GetProperty("execution").GetProperty("id").GetGuid()).ShouldBeUnique();
        (await AskAsync<long>($"select count(*) from notifications where workspace_id = '{actor.WorkspaceId}' and status = 'started'")).ShouldBe(failures);
    }

    [Fact]
    public async Task An_alert_of_a_trigger_is_told_as_an_expectation_that_was_missed()
    {
        var plan = await SaveAsync($"on: [ {{ schedule: {{ every: 1h }} }} ]\nnotify: [ {{ on: expectation_missed, {Tell} }} ]");
        await AskAsync<int>($"""
            with alert as (insert into events (id, workspace_id, trigger_id, plan_id, kind, status, summary)
              select gen_random_uuid(), workspace_id, id, plan_id, kind, 'alert', 'Nothing came for publish.' from triggers where plan_id = '{plan.Id}' returning 1)
            select count(*)::int from alert
            """);

        await TickAsync();

        told.ShouldHaveSingleItem().GetProperty("text").GetString().ShouldBe("Nothing came for publish.");
    }

    [Theory]
    [InlineData("notify: [ { on: sometimes, use: test.safe } ]", "notify[0].on", "There is no occasion 'sometimes'")]
    [InlineData("notify: [ { use: test.safe } ]", "notify[0]", "'on'")]
    [InlineData("notify: [ { on: failure, use: test.nothing } ]", "notify[0].use", "no action 'nothing'")]
    [InlineData("notify: [ { on: failure, use: test.safe, with: { valeu: 1 } } ]", "notify[0].with.valeu", "Did you mean 'value'")]
    [InlineData("notify: [ { on: failure, use: test.safe, with: { value: '${steps.work.output}' } } ]", "notify[0].with.value", "steps.work")]
    [InlineData("notify: [ { on: failure, use: test.safe, at_most_every: often } ]", "notify[0].at_most_every", "at_most_every")]
    [InlineData("notify: everybody", "notify", "is a list")]
    public void What_is_wrong_with_a_rule_is_found_without_running(string notify, string path, string message)
    {
        var findings = hub.Get<PlanLibrary>().Check(Text("publish", notify)).Findings;

        var finding = findings.ShouldHaveSingleItem();
        finding.Path.ShouldBe(path);
        finding.Message.ShouldContain(message);
    }

    private static string Text(string name, string more) => $$"""
        name: {{name}}
        inputs: { how: string }
        steps: [ { id: work, use: test.call, with: { value: "${input.how}" }, retry: { attempts: 1 } } ]
        {{more}}
        """;

    private Task<ProviderResult> Act(ProviderCall call, CancellationToken cancellationToken)
    {
        var value = call.Parameters.GetProperty("value");
        if (call.Action == "safe")
        {
            lock (told)
                told.Add(value.Clone());
            return Task.FromResult(ProviderResult.Success());
        }

        return Task.FromResult(value.GetString() switch
        {
            "fail" => ProviderResult.Failure(new ProviderError { Kind = ProviderErrorKind.BadRequest, Message = "It broke: fail." }),
            "crash" => ProviderResult.Failure(new ProviderError { Kind = ProviderErrorKind.Conflict, Message = "It crashed." }),
            _ => ProviderResult.Success(value),
        });
    }

    private Plan Check(string notify) => hub.Get<PlanLibrary>().Check(Text("publish", notify)).Plan.ShouldNotBeNull();

    private async Task<SavedPlan> SaveAsync(string notify, string name = "publish")
    {
        var text = Text(name, notify);
        await using var session = await database.Database.OpenAsync(actor, CancellationToken.None);
        var row = await PlanStore.CreateAsync(session, name, null, text, CancellationToken.None);
        await hub.Get<PlanSaved>()(session, row!, hub.Get<PlanLibrary>().Check(text).Plan.ShouldNotBeNull(), CancellationToken.None);
        await session.CommitAsync(CancellationToken.None);
        return new SavedPlan(row!.Id, row.Version, name);
    }

    /// <summary>Runs it to its end, and tells what there is to tell of that.</summary>
    private async Task<Guid> RunAsync(SavedPlan saved, string how)
    {
        var id = await EndAsync(saved, how);
        await TickAsync();
        return id;
    }

    private async Task<Guid> EndAsync(SavedPlan saved, string how)
    {
        var id = Guid.CreateVersion7();
        using var wait = hub.Get<ExecutionEvents>().WaitForEnd(id);
        await hub.Get<ExecutionStarter>().StartAsync(new ExecutionStart
        {
            WorkspaceId = actor.WorkspaceId!.Value,
            UserId = actor.UserId!.Value,
            Saved = saved,
            Plan = Check("") with { Name = saved.Name },
            Inputs = JsonSerializer.Serialize(new { how }),
        }, id);
        await wait.End;
        return id;
    }

    private async Task TickAsync()
    {
        await hub.Get<Notifier>().TickAsync(TestContext.Current.CancellationToken);
        await hub.Get<Dispatcher>().IdleAsync();
    }

    private Task<T> AskAsync<T>(string sql) => hub.AskAsync<T>(sql);

    private Task<string> StatusesAsync() => AskAsync<string>(
        $"select coalesce(string_agg(occasion || ' ' || status, ', ' order by seq), '') from notifications where workspace_id = '{actor.WorkspaceId}'");
}
