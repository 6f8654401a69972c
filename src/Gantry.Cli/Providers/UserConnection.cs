using System.Text.Json;
using Gantry.Cli.CommandLine;
using Gantry.Cli.Credentials;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Manifests;
using Gantry.Engine.Providers.Manifests.Auth;
using Gantry.Engine.Secrets;
using Gantry.Plugins;

namespace Gantry.Cli.Providers;

/// <summary>Without a hub: in the user's own store, asked from here.</summary>
internal sealed class UserConnection(ICredentialPlaces places, ManifestProvider provider, ManifestAuth auth, string name)
{
    public async Task ConnectAsync(IReadOnlyDictionary<string, Secret> fields, CancellationToken cancellationToken)
    {
        if (fields.Count > 0)
        {
            await places.PutAsync([.. fields.Select(field => new SecretWrite(new SecretEntry { Name = $"{name}.{field.Key}", Provider = provider.Id }, field.Value))], cancellationToken);
            Console.Out.WriteLine($"Stored in {places.Place}: {string.Join(", ", fields.Keys.Select(field => $"{name}.{field}"))}.");
        }

        using var redactor = new SecretsInUse().Begin();
        var secrets = new RedactingSecrets(UserSecrets.Shared, redactor);
        var call = new ProviderCall
        {
            Action = "verify",
            Parameters = JsonSerializer.SerializeToElement(new Dictionary<string, string>(StringComparer.Ordinal) { [ManifestProvider.ConnectionName] = name }),
            Secrets = secrets,
            Endpoints = new Endpoints.UserEndpointOpener(AllPlugins.Endpoints, new EndpointContext { Secrets = secrets }),
            IdempotencyKey = Guid.CreateVersion7().ToString(),
            Log = new TerminalLog(),
            EgressAllowed = ["*"],
            Tokens = UserTokens.Shared,
        };
        try
        {
            if (auth.NeedsConsent)
            {
                await AgreeAsync(call, cancellationToken);
            }

            ConnectionOutcome.Tell(provider.Title, redactor.Text(await provider.VerifyAsync(call, cancellationToken) ?? ""), null);
        }
        catch (ProviderException failed)
        {
            ConnectionOutcome.Tell(provider.Title, null, redactor.Text(failed.Error.Message));
        }
    }

    private async Task AgreeAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var consent = await Consent.FindAsync(provider, call, auth.Id, cancellationToken) ?? throw new CommandException($"The connection '{name}' has not the fields that a consent needs.");
        if (consent.IsForDevice)
        {
            var device = await consent.BeginDeviceAsync();
            ConnectionOutcome.Show(device.VerificationUri.AbsoluteUri, device.UserCode);
            var interval = device.Interval;
            while (true)
            {
                await Task.Delay(interval, TimeProvider.System, cancellationToken);
                var (isDone, isTooSoon) = await consent.PollDeviceAsync(device.DeviceCode, cancellationToken);
                if (isDone)
                {
                    return;
                }

                interval += isTooSoon ? TimeSpan.FromSeconds(5) : TimeSpan.Zero;
            }
        }

        using var page = new LoopbackPage();
        var (state, verifier) = (Consent.NewSecret(), Consent.NewSecret());
        ConnectionOutcome.Show(consent.AuthorizeUrl(page.Address, state, verifier).AbsoluteUri);
        var answer = await page.WaitAsync(state, cancellationToken);
        await consent.FinishAsync(ConnectionOutcome.CodeOf(provider.Title, answer), page.Address, verifier, cancellationToken);
    }

    private sealed class TerminalLog : IStepLog
    {
        public void Write(StepLogLevel level, string message, JsonElement? fields = null)
        {
            if (level >= StepLogLevel.Warning)
            {
                Terminal.Note(EndpointPath.Printable(message));
            }
        }

        public void Report(JsonElement progress)
        {
        }
    }
}

/// <summary>What is said at the terminal about a connection.</summary>
internal static class ConnectionOutcome
{
    public static void Show(string address) => Console.Out.WriteLine($"Open this address in a browser on this machine, and agree there:\n\n  {EndpointPath.Printable(address)}\n");

    public static void Show(string address, string code) =>
        Console.Out.WriteLine($"Open {EndpointPath.Printable(address)} on any machine, and type in this code:\n\n  {EndpointPath.Printable(code)}\n");

    public static string CodeOf(string title, IReadOnlyDictionary<string, string> answer) => answer.GetValueOrDefault("code")
        ?? throw new CommandException($"{title} was not agreed to: {EndpointPath.Printable(answer.GetValueOrDefault("error_description") ?? answer.GetValueOrDefault("error") ?? "no reason was given")}.");

    /// <summary>A connection that is not good is a failure of the command; what was stored stays.</summary>
    public static void Tell(string title, string? who, string? problem)
    {
        if (problem is not null)
        {
            throw new CommandException($"{problem} What was stored stays; run the command again to change it.");
        }

        Console.Out.WriteLine(string.IsNullOrEmpty(who) ? $"{title} took it." : $"{title} says that it belongs to {EndpointPath.Printable(who)}.");
    }
}
