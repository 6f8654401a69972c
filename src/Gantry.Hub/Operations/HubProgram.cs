using System.Runtime.InteropServices;
using Gantry.Hub.Accounts;
using Gantry.Hub.Database;

namespace Gantry.Hub.Operations;

/// <summary>One start of the hub, from its settings to its end. Answers the process's exit status: 0, or 1 with a message on standard error.</summary>
internal static class HubProgram
{
    public static async Task<int> RunAsync(
        string[] arguments, Action<IServiceCollection, HubConfiguration> addSlices, Action<WebApplication> mapSlices)
    {
        try
        {
            var variables = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
                .ToDictionary(pair => (string)pair.Key, pair => (string?)pair.Value ?? "", StringComparer.Ordinal);
            var configuration = HubConfiguration.Read(arguments, variables);
            if (configuration.Task != HubTask.Serve) return await SchemaTask.RunAsync(configuration, Console.Out, CancellationToken.None);
            await using var server = await HubServer.StartAsync(configuration, addSlices, mapSlices, CancellationToken.None);
            if (server.OneTimePassword is { } password)
                await Console.Out.WriteLineAsync($"The administrator's one-time password, for the user '{FirstAdministrator.Name}': {password.Reveal()}");
            await Console.Out.WriteLineAsync($"Gantry is ready at {server.Address}");
            using var signals = new StopSignals(server.Stop);
            await server.WaitForShutdownAsync();
            return 0;
        }
        catch (HubStartException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
    }

    /// <summary>Ctrl-C, SIGTERM and a closed terminal ask the hub to stop in order.</summary>
    private sealed class StopSignals(Action stop) : IDisposable
    {
        private readonly PosixSignalRegistration[] registrations =
        [
            .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT, PosixSignal.SIGHUP }.Select(signal =>
                PosixSignalRegistration.Create(signal, context =>
                {
                    context.Cancel = true;
                    stop();
                })),
        ];

        public void Dispose()
        {
            foreach (var registration in registrations) registration.Dispose();
        }
    }
}
