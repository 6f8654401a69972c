using System.Text.Json;
using Gantry.Hub.Web;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Gantry.Hub.Mcp;

/// <summary>
/// One message of a client, and its answer. Nothing is kept between two of them, so that any hub answers any message; the protocol itself is the library's.
/// </summary>
internal sealed class McpRoutes(ToolList tools, ToolCalls calls, ILoggerFactory loggers)
{
    private const int BytesMax = 4 * 1024 * 1024;

    private const string Instructions =
        "Gantry moves files and runs plans of steps. Saved plans are the tools plan__NAME; actions are PROVIDER__ACTION. search_actions finds others, describe_action tells what one takes, and " +
        "run_action performs it. Everything is an execution that is kept: get_execution tells how one stands. Secrets are never given as values, but as ${cred:NAME}.";

    public async Task PostAsync(HttpContext context, Caller caller)
    {
        var cancellationToken = context.RequestAborted;
        if (await ReadAsync(context.Request, cancellationToken) is not { } message)
            throw ProblemException.Invalid("The body is one JSON-RPC message of the Model Context Protocol.");
        await using var transport = new StreamableHttpServerTransport(loggers) { Stateless = true };
        await using var server = McpServer.Create(transport, OptionsFor(context, caller), loggers);
        var running = server.RunAsync(cancellationToken);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache, no-store";
        var isAnswered = await transport.HandlePostRequestAsync(message, context.Response.Body, cancellationToken);
        if (!isAnswered)
        {
            context.Response.ContentType = null;
            context.Response.StatusCode = StatusCodes.Status202Accepted;
        }

        await transport.DisposeAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task<JsonRpcMessage?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > BytesMax) throw new ProblemException(413, "A message has at most 4 MB.");
        using var body = new MemoryStream();
        var buffer = new byte[81_920];
        for (int read; (read = await request.Body.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (body.Length + read > BytesMax) throw new ProblemException(413, "A message has at most 4 MB.");
            body.Write(buffer, 0, read);
        }

        try
        {
            return JsonSerializer.Deserialize<JsonRpcMessage>(body.GetBuffer().AsSpan(0, (int)body.Length), McpJsonUtilities.DefaultOptions);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private McpServerOptions OptionsFor(HttpContext context, Caller caller) => new()
    {
        ServerInfo = new Implementation { Name = "gantry", Title = "Gantry", Version = typeof(McpRoutes).Assembly.GetName().Version!.ToString(3) },
        ServerInstructions = Instructions,
        Capabilities = new ServerCapabilities { Tools = new ToolsCapability() },
        Handlers = new McpServerHandlers
        {
            ListToolsHandler = async (request, cancellationToken) => await tools.ListAsync(caller, request.Params?.Cursor, cancellationToken),
            CallToolHandler = async (request, cancellationToken) =>
            {
                try
                {
                    return await calls.CallAsync(context, caller, request.Params.Name, request.Params.Arguments ?? new Dictionary<string, JsonElement>(StringComparer.Ordinal), cancellationToken);
                }
                catch (ProblemException problem)
                {
                    return ToolCalls.Failure(problem.Message);
                }
            },
        },
    };
}
