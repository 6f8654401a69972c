using System.Diagnostics;

namespace Gantry.TestServers;

/// <summary>A user of this machine with a password and a home, for as long as a test lasts. Only root can make one.</summary>
public sealed class SystemUser : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private SystemUser(string password) => Password = password;

    public string Name { get; } = "gantry" + Guid.CreateVersion7().ToString("N")[^10..];

    public string Password { get; }

    public string Home => folder["home"];

    public static async Task<SystemUser> CreateAsync(string password)
    {
        SshServer.SkipOrFail(Environment.UserName == "root" && File.Exists("/usr/sbin/useradd"), "Making a user of this machine needs root and useradd.");
        var user = new SystemUser(password);
        File.SetUnixFileMode(user.folder.Path, (UnixFileMode)0x1ED);
        await RunAsync("/usr/sbin/useradd", ["-M", "-d", user.Home, "-s", "/bin/sh", user.Name], "");
        await RunAsync("/usr/sbin/chpasswd", [], $"{user.Name}:{password}\n");
        user.folder.Folder("home");
        await RunAsync("/bin/chown", [user.Name, user.Home], "");
        user.folder.Folder("home/not-mine");
        return user;
    }

    public void Dispose()
    {
        using var remover = Process.Start(new ProcessStartInfo("/usr/sbin/userdel", ["-f", Name]) { RedirectStandardError = true, UseShellExecute = false })!;
        remover.WaitForExit();
        folder.Dispose();
    }

    private static async Task RunAsync(string program, string[] arguments, string input)
    {
        using var run = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardError = true, UseShellExecute = false })!;
        await run.StandardInput.WriteAsync(input);
        run.StandardInput.Close();
        var said = await run.StandardError.ReadToEndAsync();
        await run.WaitForExitAsync();
        if (run.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program}: {said}");
        }
    }
}
