using System.Diagnostics;
using System.Globalization;

namespace Gantry.TestServers;

/// <summary>What lies in tests/servers.</summary>
public static class NodeServers
{
    public static string Node => Installed("node", "bin", "node");

    /// <summary>A path below its packages, whether something is there or not.</summary>
    public static string Installed(params string[] path)
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Gantry.slnx")))
        {
            root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("The repository is not above the tests.");
        }

        return Path.Combine([root, "tests", "servers", "node_modules", .. path]);
    }
}

/// <summary>The protocol's own server with one of everything, over HTTP.</summary>
public sealed class McpServer : IAsyncDisposable
{
    private readonly Process process;

    private McpServer(Process process, string url) => (this.process, Url) = (process, url);

    /// <summary>The script that is the server; the word behind it says how it is spoken to.</summary>
    public static string Script => NodeServers.Installed("@modelcontextprotocol", "server-everything", "dist", "index.js");

    public string Url { get; }

    public static void SkipUnlessInstalled() =>
        SshServer.SkipOrFail(File.Exists(NodeServers.Node) && File.Exists(Script), "@modelcontextprotocol/server-everything is not installed (npm ci in tests/servers).");

    public static async Task<McpServer> StartAsync()
    {
        SkipUnlessInstalled();
        var port = LocalPort.Free();
        var start = new ProcessStartInfo(NodeServers.Node) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(Script);
        start.ArgumentList.Add("streamableHttp");
        start.Environment["PORT"] = port.ToString(CultureInfo.InvariantCulture);
        var process = Process.Start(start)!;
        _ = process.StandardOutput.ReadToEndAsync();
        _ = process.StandardError.ReadToEndAsync();
        return await LocalPort.OpensAsync(port, process) ? new McpServer(process, $"http://127.0.0.1:{port}/mcp") : throw new InvalidOperationException("The MCP server did not start.");
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }
}
