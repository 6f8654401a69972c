using Gantry.Bench.Engine;

namespace Gantry.Bench.Pages;

/// <summary>A long history, made of what a hub itself recorded: of one execution that succeeded and one that failed, again and again, a second apart.</summary>
internal static class PageHistory
{
    private const string Functions = """
        set search_path = gantry, public;
        set session_replication_role = replica;
        create function pg_temp.time_of(i int) returns timestamptz language sql stable as $$ select now() - make_interval(secs => i) $$;
        create function pg_temp.id_of(i int, salt text) returns uuid language sql stable as
          $$ select (lpad(to_hex((extract(epoch from pg_temp.time_of(i)) * 1000)::bigint), 12, '0') || '7' || substr(md5(salt || i), 1, 3) || '8' || substr(md5(salt || i), 4, 15))::uuid $$;
        """;

    /// <summary>Every fiftieth failed.</summary>
    public static Task MakeAsync(BenchPostgres postgres, int count, bool ofTransfers)
    {
        var salt = ofTransfers ? "transfer" : "execution";
        var kind = ofTransfers ? "is_transfer" : "not is_transfer";
        var transfers = $"""
            insert into transfers select r.* from generate_series(1, {count}) i, (select t from transfers t order by id limit 1) s(s)
              cross join lateral jsonb_populate_record(s.s, jsonb_build_object('id', pg_temp.id_of(i, '{salt}'))) r;
            insert into transfer_endpoints select e.workspace_id, e.endpoint, pg_temp.id_of(i, '{salt}')
              from generate_series(1, {count}) i, transfer_endpoints e where e.transfer_id = (select t.transfer_id from transfer_endpoints t order by t.transfer_id limit 1);
            insert into manifests select r.* from generate_series(1, {count}) i, (select m from manifests m order by execution_id limit 1) s(s)
              cross join lateral jsonb_populate_record(s.s, jsonb_build_object('execution_id', pg_temp.id_of(i, '{salt}'))) r;
            """;
        return postgres.RunSqlAsync($"""
            {Functions}
            insert into executions select r.* from generate_series(1, {count}) i,
              (select e from executions e where {kind} and status = 'succeeded' order by id limit 1) s(s), (select e from executions e where {kind} and status = 'failed' order by id limit 1) f(f)
              cross join lateral jsonb_populate_record(case when i % 50 = 0 then f.f else s.s end, jsonb_build_object(
                'id', pg_temp.id_of(i, '{salt}'), 'created_at', pg_temp.time_of(i), 'started_at', pg_temp.time_of(i), 'ended_at', pg_temp.time_of(i))) r;
            {(ofTransfers ? transfers : "")}
            analyze executions; analyze transfers; analyze transfer_endpoints; analyze manifests;
            """);
    }
}
