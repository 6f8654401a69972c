using Gantry.Engine.Endpoints;
using Gantry.Hub.Accounts;
using Gantry.Hub.Database;
using Gantry.Hub.Endpoints;
using Gantry.Hub.Plans;

namespace Gantry.Hub.Operations;

/// <summary>
/// What a new hub with its own PostgreSQL has to try: a folder with files, the endpoint 'demo' on it and the plan 'demo' that moves them. Made
/// once in the life of a data folder; whoever deletes the plan is rid of it.
/// </summary>
internal sealed class Demonstration(HubConfiguration configuration, HubDatabase database)
{
    private const string Name = "demo";

    private const string Plan = """
        name: demo
        description: Copies the folder demo/from of the hub's data folder to demo/to. Run it with 'gantry run demo --follow'.
        steps:
          - id: copy
            use: transfer.copy
            with: { from: "demo:from", to: "demo:to" }

        """;

    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        var folder = Path.Combine(configuration.DataFolder, Name);
        if (configuration[HubSettings.Database] is not null || Directory.Exists(folder)) return;
        await SaveAsync(folder, cancellationToken);
        for (var i = 1; i <= 20; i++)
        {
            var parent = Directory.CreateDirectory(Path.Combine(folder, "from", $"folder-{(i + 4) / 5}"));
            await File.WriteAllTextAsync(Path.Combine(parent.FullName, $"file-{i}.txt"), $"This is file {i} of 20.\n", cancellationToken);
        }
    }

    /// <summary>In the first administrator's name, and so open to everybody in that workspace.</summary>
    private async Task SaveAsync(string folder, CancellationToken cancellationToken)
    {
        if (await FindAdministratorAsync(cancellationToken) is not { } administrator) return;
        await using var session = await database.OpenAsync(administrator, cancellationToken);
        if (await EndpointStore.FindAsync(session, Name, cancellationToken) is not null || await PlanStore.FindAsync(session, Name, cancellationToken) is not null) return;
        EndpointSettings settings = new()
        {
            Kind = "local",
            Values = new Dictionary<string, string>(StringComparer.Ordinal) { [NamedAddress.PathSetting] = folder },
        };
        await EndpointStore.PutAsync(session, Name, settings, isGranted: true, cancellationToken);
        await PlanStore.CreateAsync(session, Name, "Copies the folder demo/from of the hub's data folder to demo/to.", Plan, cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    /// <summary>Null when the first administrator is gone, or is a member of no workspace.</summary>
    private async Task<Actor?> FindAdministratorAsync(CancellationToken cancellationToken)
    {
        Guid? user;
        await using (var session = await database.OpenAsync(Actor.Nobody, cancellationToken))
        {
            user = await session.FindAsync<Guid?>("select user_id from sign_in_candidate(@name)", new { name = FirstAdministrator.Name }, cancellationToken);
        }

        if (user is null) return null;
        await using var own = await database.OpenAsync(new Actor(user, null), cancellationToken);
        var workspace = await own.FindAsync<Guid?>(
            "select workspace_id from memberships where user_id = current_user_id() order by created_at, workspace_id limit 1", null, cancellationToken);
        return workspace is null ? null : new Actor(user, workspace);
    }
}
