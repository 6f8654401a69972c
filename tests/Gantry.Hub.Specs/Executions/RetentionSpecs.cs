using Gantry.Hub.Executions;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Executions;

/// <summary>What a hub forgets when it keeps house, as it does at its start and each hour.</summary>
public sealed class RetentionSpecs(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Months_of_logs_go_when_all_of_them_is_older_than_is_kept_and_single_lines_of_no_month_as_well()
    {
        var actor = await database.CreateActorAsync();
        await TestPostgres.ExecuteAsync(database.ConnectionString, $"""
            set search_path = gantry;
            set timezone = 'UTC';
            create table execution_logs_2019_05 partition of execution_logs for values from ('2019-05-01') to ('2019-06-01');
            insert into execution_logs (execution_id, seq, time, workspace_id, level, message)
            select gen_random_uuid(), 3, x.time, '{actor.WorkspaceId}', 'info', x.name
            from (values ('2019-05-31T23:59:59Z'::timestamptz, 'of a month long ago'), (now() - interval '100 days', 'old'), (now() - interval '80 days', 'kept'), (now(), 'new')) as x(time, name)
            """);

        await using var hub = await RunningHub.StartAsync(database, new ScriptedProvider(), options: new ExecutionOptions { LogsKept = TimeSpan.FromDays(90) });

        (await hub.AskAsync<string>($"select string_agg(message, ', ' order by time) from execution_logs where workspace_id = '{actor.WorkspaceId}'")).ShouldBe("kept, new");
        (await hub.AskAsync<bool>("select to_regclass('gantry.execution_logs_2019_05') is null")).ShouldBeTrue();
        (await hub.AskAsync<bool>("""
            select bool_and(to_regclass('gantry.execution_logs_' || to_char(date_trunc('month', now() at time zone 'utc') + make_interval(months => i), 'YYYY_MM')) is not null)
            from generate_series(1, 2) as i
            """)).ShouldBeTrue();
    }

    [Fact]
    public async Task Idempotency_keys_go_when_their_day_is_over()
    {
        var actor = await database.CreateActorAsync();
        await TestPostgres.ExecuteAsync(database.ConnectionString, $"""
            insert into gantry.execution_keys (user_id, key, workspace_id, request_hash, execution_id, expires_at)
            values ('{actor.UserId}', 'over', '{actor.WorkspaceId}', '', gen_random_uuid(), now() - interval '1 second'),
                   ('{actor.UserId}', 'held', '{actor.WorkspaceId}', '', gen_random_uuid(), now() + interval '1 hour')
            """);

        await using var hub = await RunningHub.StartAsync(database, new ScriptedProvider());

        (await hub.AskAsync<string>($"select string_agg(key, ', ') from execution_keys where user_id = '{actor.UserId}'")).ShouldBe("held");
    }
}
