using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Programs;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Secrets;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Gantry.Plugins.Providers.Mcp;

/// <summary>A server that is spoken to, until it is disposed of; a program ends with it.</summary>
internal sealed class McpSession : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly ProviderCall call;
    private readonly SentSecrets secrets;
    private readonly List<IAsyncDisposable> held = [];
    private McpClient? client;
    private string host = "";
    private int? port;

    private McpSession(ProviderCall call) => (this.call, secrets) = (call, new SentSecrets(call.Secrets));

    public McpClient Client => client!;

    public static async Task<McpSession> OpenAsync(ProviderCall call, HttpCall parameters, ReadBudget budget, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var session = new McpSession(call);
        try
        {
            var transport = (parameters.FindText("url"), parameters.FindText("program")) switch
            {
                ({ } url, null) => await session.OverHttpAsync(url, parameters, budget, timeout, cancellationToken),
                (null, { } program) => session.OverProgram(program, parameters, budget),
                _ => throw HttpCall.Bad("Give either 'url', the address of a server, or 'program', one of this machine."),
            };
            session.client = await McpClient.CreateAsync(
                transport, new McpClientOptions { ClientInfo = new Implementation { Name = "gantry", Version = "1" }, InitializationTimeout = timeout }, cancellationToken: cancellationToken);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the tool takes, with secrets in their places.</summary>
    public async Task<IReadOnlyDictionary<string, object?>> InputAsync(JsonElement? input, CancellationToken cancellationToken)
    {
        if (input is not { } given)
        {
            return new Dictionary<string, object?>(StringComparer.Ordinal);
        }

        var revealed = JsonElement.Parse(await SecretJson.ExpandAsync(given, secrets, cancellationToken));
        secrets.RequireAllowed(host, port);
        return revealed.EnumerateObject().ToDictionary(member => member.Name, object? (member) => member.Value, StringComparer.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        if (client is not null)
        {
            try
            {
                // A server that does not answer is not waited for.
                await client.DisposeAsync().AsTask().WaitAsync(Patience, call.Clock);
            }
            catch (Exception exception) when (exception is TimeoutException or IOException or HttpRequestException or OperationCanceledException)
            {
                // It is left all the same.
            }
        }

        for (var index = held.Count - 1; index >= 0; index--)
        {
            await held[index].DisposeAsync();
        }
    }

    private async Task<IClientTransport> OverHttpAsync(string text, HttpCall parameters, ReadBudget budget, TimeSpan timeout, CancellationToken cancellationToken)
    {
        foreach (var name in new[] { "arguments", "folder" })
        {
            if (parameters.Find(name) is not null)
            {
                throw HttpCall.Bad($"'{name}' is for a 'program', and not for a 'url'.");
            }
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
        {
            throw HttpCall.Bad("'url' is a whole address that begins with http:// or https://.");
        }

        (host, port) = (url.IdnHost, url.Port);
        var headers = await HeadersAsync(parameters, cancellationToken);
        secrets.RequireAllowed(host, port);
        var http = new HttpClient(HttpGate.Shared.HandlerOf(call.EgressAllowed, budget)) { Timeout = Timeout.InfiniteTimeSpan };
        held.Add(new Held(http));
        return new HttpClientTransport(
            new HttpClientTransportOptions
            {
                Endpoint = url,
                Name = WebRequest.Display(url),
                TransportMode = HttpTransportMode.StreamableHttp,
                ConnectionTimeout = timeout,
                AdditionalHeaders = headers,
                EnableStandaloneGetStream = false,
            },
            http);
    }

    private async Task<Dictionary<string, string>> HeadersAsync(HttpCall parameters, CancellationToken cancellationToken)
    {
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        foreach (var header in parameters.Find("headers")?.EnumerateObject() ?? [])
        {
            if (header.Value.ValueKind != JsonValueKind.Null)
            {
                headers[header.Name] = await SecretText.ExpandAsync(header.Value.ToString(), secrets, cancellationToken);
            }
        }

        if (parameters.FindText("bearer") is { } bearer && !headers.TryAdd("Authorization", $"Bearer {await SecretText.ExpandAsync(bearer, secrets, cancellationToken)}"))
        {
            throw HttpCall.Bad("'bearer' and 'headers' both set the Authorization header. Leave one of them out.");
        }

        return headers;
    }

    private StreamClientTransport OverProgram(string path, HttpCall parameters, ReadBudget budget)
    {
        foreach (var name in new[] { "bearer", "headers" })
        {
            if (parameters.Find(name) is not null)
            {
                throw HttpCall.Bad($"'{name}' is for a 'url', and not for a 'program'.");
            }
        }

        var program = ProgramsAllowed.Require(path, call.ProgramsAllowed);
        host = program;
        var arguments = parameters.Find("arguments") is { } list ? ProgramRun.WordsOf("arguments", list) : [];
        var folder = WorkFolder.Of(parameters.FindText("folder"));
        held.Add(new Held(folder));
        var running = ProgramProcess.Open(program, arguments, folder.Path, new ProgramOutput(call, StepLogLevel.Info, 64 * 1024), call.Clock);
        held.Add(running);
        return new StreamClientTransport(running.Input, new BudgetStream(running.Output, budget));
    }

    private sealed class Held(IDisposable inner) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            inner.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
