using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Gantry.Plugins.Providers.Mcp;

/// <summary>Tools of servers of the Model Context Protocol, over HTTP or as programs of this machine that its administrator allowed.</summary>
public sealed class McpProvider : IProvider
{
    private static readonly IReadOnlyList<Setting> Server =
    [
        new() { Name = "url", Help = "The server's address for streamable HTTP, such as https://example.org/mcp." },
        new() { Name = "bearer", IsSecret = true, Help = "With 'url': a token for the Authorization header: ${cred:NAME}." },
        new() { Name = "headers", Type = SettingType.Map, TakesSecrets = true, Help = "With 'url': names and values of headers." },
        new() { Name = "program", Help = "Instead of 'url': the absolute path of a program that the setting programs_allow names; it is spoken to by its standard input and output." },
        new() { Name = "arguments", Type = SettingType.List, Help = "With 'program': its arguments; each arrives as it is. No secrets: everybody on the machine can read them." },
        new() { Name = "folder", Help = "With 'program': the absolute path of the folder it works in; a new empty one, removed afterwards, when none is given." },
        new() { Name = "timeout", Type = SettingType.Duration, Default = Scalars.Text("100s"), Help = "How long all of it may take." },
    ];

    public string Id => "mcp";

    public string Title => "MCP server";

    public string Help => "Uses the tools of a server of the Model Context Protocol.";

    public string Category => "AI";

    public IReadOnlyList<ProviderAction> Actions { get; } =
    [
        new()
        {
            Id = "list_tools",
            Help = "Lists the tools of a server with what they take.",
            IsRepeatable = true,
            Parameters = Server,
        },
        new()
        {
            Id = "call_tool",
            Help = "Calls a tool of a server.",
            Parameters =
            [
                new() { Name = "tool", IsRequired = true, Help = "The tool's name, as list_tools gives it." },
                new() { Name = "input", Type = SettingType.Map, TakesSecrets = true, Help = "What the tool takes, by its own description." },
                .. Server,
            ],
        },
    ];

    public async Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var parameters = new HttpCall(call);
        var timeout = ServerParameters.TimeoutOf(parameters, TimeSpan.FromSeconds(100));
        using var limit = new CancellationTokenSource(timeout, call.Clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var talk = new McpFailure(call, parameters);
        try
        {
            await using var session = await McpSession.OpenAsync(call, parameters, talk.Budget, timeout, stop.Token);
            talk.IsOpen = true;
            return call.Action == "list_tools" ? await ListAsync(session.Client, stop.Token) : await CallAsync(session, call, parameters, talk, stop.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw talk.TooLate(timeout);
        }
        catch (Exception exception) when (exception is McpException or HttpRequestException or IOException or TimeoutException or JsonException or InvalidOperationException)
        {
            throw talk.Describe(exception);
        }
    }

    private static async Task<ProviderResult> ListAsync(McpClient client, CancellationToken cancellationToken)
    {
        var tools = await client.ListToolsAsync(cancellationToken: cancellationToken);
        var (name, version) = (client.ServerInfo?.Name, client.ServerInfo?.Version);
        var output = JsonSerializer.SerializeToElement(new
        {
            server = new { name, version },
            tools = tools.Select(tool => new
            {
                name = tool.Name,
                title = tool.Title,
                description = tool.Description,
                input_schema = tool.JsonSchema,
                output_schema = tool.ReturnJsonSchema,
            }),
            count = tools.Count,
        });
        return ProviderResult.Success(output, $"{tools.Count} tools of {name ?? "the server"}.");
    }

    private static async Task<ProviderResult> CallAsync(McpSession session, ProviderCall call, HttpCall parameters, McpFailure talk, CancellationToken cancellationToken)
    {
        var tool = parameters.FindText("tool") ?? "";
        var input = await session.InputAsync(parameters.Find("input"), cancellationToken);
        talk.Tool = tool;
        var progress = new Progress<ProgressNotificationValue>(value => call.Log.Report(JsonSerializer.SerializeToElement(new { progress = value.Progress, total = value.Total, message = value.Message })));
        var result = await session.Client.CallToolAsync(tool, input, progress, cancellationToken: cancellationToken);
        return ToResult(tool, result, talk);
    }

    /// <summary>{text, content, structured}; what the tool itself calls an error is a failure with its text.</summary>
    private static ProviderResult ToResult(string tool, CallToolResult result, McpFailure talk)
    {
        var text = string.Join('\n', result.Content.OfType<TextContentBlock>().Select(block => block.Text));
        var output = JsonSerializer.SerializeToElement(new
        {
            text,
            content = JsonSerializer.SerializeToElement(result.Content, McpJsonUtilities.DefaultOptions),
            structured = result.StructuredContent,
        });
        return result.IsError == true
            ? ProviderResult.Failure(new ProviderError { Kind = ProviderErrorKind.Upstream, Message = $"The tool '{tool}' failed: {talk.Said(text.Length == 0 ? "it does not say why" : text)}" }, output)
            : ProviderResult.Success(output, $"The tool '{tool}' answered.");
    }
}
