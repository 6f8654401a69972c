using Gantry.Engine.Endpoints;
using Gantry.Engine.Endpoints.Limits;
using Gantry.Hub.Database;

namespace Gantry.Hub.Executions.Files;

/// <summary>Opens files of executions of the actor's workspace by their addresses, and all other addresses as before.</summary>
internal sealed class ExecutionFilesOpener(IEndpointOpener others, HubDatabase database, Actor actor) : IEndpointOpener
{
    public async ValueTask<IEndpoint> OpenAsync(string address, CancellationToken cancellationToken)
    {
        if (!ExecutionFileAddress.IsOne(address))
            return await others.OpenAsync(address, cancellationToken);
        var named = ExecutionFileAddress.TryParse(address) ?? throw new EndpointException(
            EndpointError.BadSetting, $"'{EndpointPath.Printable(address)}' names no file of an execution: that is the 'file' of an output, execution://EXECUTION/FILE/NAME.");
        try
        {
            await using var session = await database.OpenAsync(actor, cancellationToken);
            return await ExecutionFileStore.FindAsync(session, named.ExecutionId, named.FileId, cancellationToken) is { } file && (named.Name is null || named.Name == file.Name)
                ? new ExecutionFileEndpoint(database, actor, file, isFile: named.Name is not null)
                : throw new EndpointException(
                    EndpointError.NotFound, $"There is no file '{EndpointPath.Printable(address)}' in this workspace, or it is not kept any more: files of executions are kept as long as logs.");
        }
        catch (Exception lost) when (DatabaseUnavailableException.Fits(lost))
        {
            throw new EndpointException(EndpointError.Disconnected, $"'{EndpointPath.Printable(address)}' cannot be looked up: the database does not answer.", isTransient: true, lost);
        }
    }

    public ValueTask<IEndpoint> OpenAsync(EndpointSettings settings, CancellationToken cancellationToken) => others.OpenAsync(settings, cancellationToken);

    public Task<int?> RunAsync(EndpointSettings settings, HostCommand command, CancellationToken cancellationToken) => others.RunAsync(settings, command, cancellationToken);

    public ValueTask<IReadOnlyList<string>> FindSecretsAsync(string address, CancellationToken cancellationToken) =>
        ExecutionFileAddress.IsOne(address) ? ValueTask.FromResult<IReadOnlyList<string>>([]) : others.FindSecretsAsync(address, cancellationToken);

    public ValueTask<EndpointLimits?> FindLimitsAsync(string address, CancellationToken cancellationToken) =>
        ExecutionFileAddress.IsOne(address) ? ValueTask.FromResult<EndpointLimits?>(null) : others.FindLimitsAsync(address, cancellationToken);
}
