using System.Diagnostics;

namespace Gantry.TestServers;

/// <summary>A real Mosquitto on 127.0.0.1, with a port in plain that wants a login, and one with TLS that wants none.</summary>
public sealed class MqttBroker : ServerProgram
{
    public const string User = "plans";
    public const string Password = "m0squito w\u00f6rd";

    private const string Program = "/usr/sbin/mosquitto";


    private MqttBroker()
    {
    }

    public int TlsPort { get; } = LocalPort.Free();

    /// <summary>Without mosquitto the test is skipped; it fails when CI=true.</summary>
    public static async Task<MqttBroker> StartAsync()
    {
        SshServer.SkipOrFail(File.Exists(Program), "Mosquitto is not installed (apt-get install mosquitto).");
        var broker = new MqttBroker();
        var logins = broker.Folder.WriteFile("logins", $"{User}:{Password}\n");
        using (var sealing = Process.Start(new ProcessStartInfo("/usr/bin/mosquitto_passwd", ["-U", logins]) { UseShellExecute = false })!)
        {
            await sealing.WaitForExitAsync();
        }

        var rules = broker.Folder.WriteFile("rules", $"topic readwrite #\nuser {User}\ntopic readwrite open/#\n");
        File.SetUnixFileMode(broker.Folder.Path, (UnixFileMode)0x1ED);
        foreach (var file in Directory.GetFiles(broker.Folder.Path))
        {
            File.SetUnixFileMode(file, (UnixFileMode)0x1A4);
        }

        var settings = broker.Folder.WriteFile("mosquitto.conf", $"""
            per_listener_settings true
            log_dest stderr
            log_type all
            listener {broker.Port} 127.0.0.1
            allow_anonymous false
            password_file {logins}
            acl_file {rules}
            listener {broker.TlsPort} 127.0.0.1
            allow_anonymous true
            certfile {broker.Certificate.File}
            keyfile {broker.Certificate.KeyFile}
            """);
        File.SetUnixFileMode(settings, (UnixFileMode)0x1A4);
        var started = Process.Start(new ProcessStartInfo(Program, ["-c", settings]) { RedirectStandardError = true, UseShellExecute = false })!;
        await broker.RunUntilAsync(started, program => program.StandardError, " running");
        return broker;
    }
}
