using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.S3;
using Gantry.Engine.Endpoints;

namespace Gantry.TestServers;

/// <summary>A real S3 server on 127.0.0.1: fauxqs or s3rver, both from tests/servers.</summary>
public sealed class S3Server : IAsyncDisposable
{
    public const string AccessKey = "S3RVER";
    public const string SecretKey = "S3RVER";

    private readonly TemporaryFolder folder = new();
    private readonly Process process;
    private string? onDisk;
    private int buckets;

    private S3Server(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, int port, TimeSpan clockOff)
    {
        Url = $"http://127.0.0.1:{port}";
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = folder.Path };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        OtherClock.Set(start, clockOff);
        process = Process.Start(start)!;

        // What it says is of no use, and may not fill the pipe.
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Client = new AmazonS3Client(new BasicAWSCredentials(AccessKey, SecretKey), new AmazonS3Config
        {
            ServiceURL = Url,
            ForcePathStyle = true,
            AuthenticationRegion = "us-east-1",
            MaxErrorRetry = 0,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        });
    }

    public string Url { get; }

    /// <summary>For what Gantry itself would not do there.</summary>
    public AmazonS3Client Client { get; }

    /// <param name="clockOff">How far its clock is from this machine's.</param>
    public static Task<S3Server> StartFauxqsAsync(TimeSpan clockOff = default)
    {
        var port = LocalPort.Free();
        return StartAsync(
            NodeServers.Installed("node", "bin", "node"),
            [NodeServers.Installed("fauxqs", "dist", "cli.js")],
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["FAUXQS_PORT"] = port.ToString(CultureInfo.InvariantCulture),
                ["FAUXQS_HOST"] = "127.0.0.1",
                ["FAUXQS_LOGGER"] = "false",
            },
            port,
            clockOff: clockOff);
    }

    /// <param name="isOnDisk">For more than memory should hold.</param>
    public static Task<S3Server> StartS3rverAsync(bool isOnDisk = false)
    {
        var port = LocalPort.Free();
        var objects = isOnDisk ? Directory.CreateTempSubdirectory("gantry-s3rver-").FullName : null;
        return StartAsync(
            NodeServers.Installed("node", "bin", "node"),
            [NodeServers.Installed("s3rver", "bin", "s3rver.js"), "-d", objects ?? ".", "-a", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture), "-s"],
            // It hides the ends of its pages by DES.
            new Dictionary<string, string>(StringComparer.Ordinal) { ["NODE_OPTIONS"] = "--openssl-legacy-provider" },
            port,
            objects);
    }

    /// <summary>The settings of an endpoint at a new bucket.</summary>
    public async Task<EndpointSettings> NewBucketAsync(string prefix = "")
    {
        var bucket = $"bucket-{Interlocked.Increment(ref buckets)}";
        await Client.PutBucketAsync(bucket);
        return SettingsOf(bucket, prefix);
    }

    public EndpointSettings SettingsOf(string bucket, string prefix = "", string? url = null) => new()
    {
        Kind = "s3",
        Values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["bucket"] = bucket,
            ["path"] = prefix,
            ["endpoint"] = url ?? Url,
            ["access_key"] = AccessKey,
            ["secret_key"] = "${cred:S3}",
        },
    };

    public static EndpointContext Context(Action<string>? notice = null) => new() { Secrets = new GivenSecrets(_ => SecretKey), Notice = notice ?? (_ => { }) };

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process.Dispose();
        folder.Dispose();
        if (onDisk is not null)
        {
            Directory.Delete(onDisk, recursive: true);
        }
    }

    private static async Task<S3Server> StartAsync(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, int port, string? onDisk = null, TimeSpan clockOff = default)
    {
        SshServer.SkipOrFail(arguments.Prepend(program).Take(2).All(File.Exists), "fauxqs and s3rver are not installed (npm ci in tests/servers).");
        S3Server server = new(program, arguments, environment, port, clockOff) { onDisk = onDisk };
        return await LocalPort.OpensAsync(port, server.process) ? server : throw new InvalidOperationException("The S3 server did not start.");
    }
}
