using System.Diagnostics;
using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.Engine.Secrets;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers;

public sealed class ArchiveProviderSpecs : IDisposable
{
    private readonly ProviderStage stage = new() { Endpoints = new LocalOpener() };
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("a.zip", "import zipfile,sys; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])")]
    [InlineData("a.tar", "import tarfile,sys; tarfile.open(sys.argv[1]).extractall(sys.argv[2])")]
    [InlineData("a.tgz", "import tarfile,sys; tarfile.open(sys.argv[1], 'r:gz').extractall(sys.argv[2])")]
    public async Task What_is_packed_here_is_unpacked_by_others(string name, string script)
    {
        MakeTree("in");

        var outcome = await stage.RunAsync("archive.create", new { from = folder["in"], to = folder[name], exclude = new[] { "*.tmp" } });

        outcome.Error.ShouldBeNull();
        folder.Folder("out");
        await RunAsync("/usr/bin/python3", ["-c", script, folder[name], folder["out"]]);
        TreeOf("out").ShouldBe(TreeOf("in").Where(entry => !entry.Key.EndsWith(".tmp", StringComparison.Ordinal)), ignoreOrder: true);
        (await stage.RunAsync("archive.extract", new { from = folder[name], to = folder["again"] })).Error.ShouldBeNull();
        File.GetLastWriteTimeUtc(folder["again/plain.txt"]).ShouldBe(new DateTime(2021, 3, 4, 5, 6, 8, DateTimeKind.Utc));
        outcome.Output!.Value.GetProperty("skipped").EnumerateArray().Single().GetProperty("name").GetString().ShouldBe("link");
        Output(outcome, "files").ShouldBe(5);
    }

    [Theory]
    [InlineData("a.zip", "import shutil,sys; shutil.make_archive(sys.argv[1][:-4], 'zip', sys.argv[2])")]
    [InlineData("a.tar", "import tarfile,sys; t=tarfile.open(sys.argv[1],'w',format=tarfile.PAX_FORMAT); t.add(sys.argv[2],'.'); t.close()")]
    [InlineData("gnu.tar", "import tarfile,sys; t=tarfile.open(sys.argv[1],'w',format=tarfile.GNU_FORMAT); t.add(sys.argv[2],'./'); t.close()")]
    [InlineData("a.tar.gz", "import subprocess,sys; subprocess.run(['tar','-C',sys.argv[2],'-czf',sys.argv[1],'.'],check=True)")]
    public async Task What_others_packed_is_unpacked_here(string name, string script)
    {
        MakeTree("in");
        File.Delete(folder["in/link"]);
        await RunAsync("/usr/bin/python3", ["-c", script, folder[name], folder["in"]]);

        var listed = await stage.RunAsync("archive.list", new { from = folder[name] });
        var outcome = await stage.RunAsync("archive.extract", new { from = folder[name], to = folder["out/deep"] });

        outcome.Error.ShouldBeNull();
        TreeOf("out/deep").ShouldBe(TreeOf("in"), ignoreOrder: true);
        Output(listed, "files").ShouldBe(6);
        File.GetUnixFileMode(folder["out/deep/run.sh"]).HasFlag(UnixFileMode.UserExecute).ShouldBeTrue();
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("ok/../../evil")]
    [InlineData("/tmp/evil")]
    [InlineData("..\\evil")]
    [InlineData("C:\\evil")]
    [InlineData("ok/..")]
    [InlineData(".gantry-000000000000-abcdefgh.part")]
    public async Task A_name_that_leads_out_keeps_everything_from_being_written(string name)
    {
        await PythonZipAsync($"z.writestr('good.txt', 'x'); z.writestr({JsonSerializer.Serialize(name)}, 'evil')");
        await PythonTarAsync($"add('good.txt', b'x'); add({JsonSerializer.Serialize(name)}, b'evil')");

        foreach (var archive in name.Contains('\\', StringComparison.Ordinal) && !name.StartsWith("C:", StringComparison.Ordinal) ? ["a.zip"] : new[] { "a.zip", "a.tar" })
        {
            var outcome = await stage.RunAsync("archive.extract", new { from = folder[archive], to = folder["out"] });

            outcome.Error!.Kind.ShouldBe(ProviderErrorKind.BadRequest);
            Directory.Exists(folder["out"]).ShouldBeFalse();
        }
    }

    [Theory]
    [InlineData("z.writestr('a', 'x'); z.writestr('a', 'y')")]
    [InlineData("z.writestr('a', 'x'); z.writestr('./a', 'y')")]
    [InlineData("z.writestr('a', 'x'); z.writestr('a/b', 'y')")]
    [InlineData("z.writestr('a/', ''); z.writestr('a', 'y')")]
    public async Task Two_entries_about_one_path_are_refused(string script)
    {
        await PythonZipAsync(script);

        (await stage.RunAsync("archive.extract", new { from = folder["a.zip"], to = folder["out"] })).Error!.Kind.ShouldBe(ProviderErrorKind.BadRequest);
    }

    [Fact]
    public async Task Links_and_devices_are_left_out_on_record_and_nothing_goes_through_them()
    {
        var outside = folder.Folder("outside");
        await PythonTarAsync($"""
            link('door', '{outside}', tarfile.SYMTYPE); link('hard', '/etc/passwd', tarfile.LNKTYPE); link('dev', '', tarfile.CHRTYPE); link('fifo', '', tarfile.FIFOTYPE)
            add('plain', b'x')
            """);

        var outcome = await stage.RunAsync("archive.extract", new { from = folder["a.tar"], to = folder["out"] });

        outcome.Error.ShouldBeNull();
        outcome.Output!.Value.GetProperty("skipped").EnumerateArray().Select(entry => entry.GetProperty("name").GetString()).ShouldBe(["door", "hard", "dev", "fifo"]);
        Directory.GetFileSystemEntries(folder["out"]).Select(Path.GetFileName).ShouldBe(["plain"]);
    }

    [Fact]
    public async Task A_link_that_is_there_already_leads_nowhere()
    {
        var outside = folder.Folder("outside");
        folder.Folder("out");
        File.CreateSymbolicLink(folder["out/door"], outside);
        await PythonTarAsync("add('door/evil', b'x')");

        var outcome = await stage.RunAsync("archive.extract", new { from = folder["a.tar"], to = folder["out"] });

        outcome.Error.ShouldNotBeNull();
        Directory.GetFileSystemEntries(outside).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("z.writestr('a', b'0' * 60_000_000)", "max_ratio")]
    [InlineData("[z.writestr(f'{n}', 'x') for n in range(30)]", "max_files")]
    [InlineData("z.writestr('a', bytes(range(256)) * 8000)", "max_bytes")]
    public async Task A_bomb_is_noticed_before_anything_is_written(string script, string parameter)
    {
        await PythonZipAsync(script);

        var outcome = await stage.RunAsync("archive.extract", new { from = folder["a.zip"], to = folder["out"], max_files = 20, max_bytes = parameter == "max_bytes" ? "1M" : "1G", max_ratio = 100 });

        outcome.Error!.Message.ShouldContain($"'{parameter}'");
        Directory.Exists(folder["out"]).ShouldBeFalse();
    }

    [Fact]
    public async Task A_bomb_of_gzip_is_noticed_as_well()
    {
        await RunAsync("/bin/sh", ["-c", "head -c 80000000 /dev/zero > big && tar -czf a.tgz big && rm big"]);

        (await stage.RunAsync("archive.list", new { from = folder["a.tgz"] })).Error!.Message.ShouldContain("'max_ratio'");
    }

    [Theory]
    [InlineData("a.zip")]
    [InlineData("a.tar")]
    [InlineData("a.tar.gz")]
    public async Task A_damaged_archive_is_refused_at_whatever_byte_it_breaks(string name)
    {
        MakeTree("in");
        (await stage.RunAsync("archive.create", new { from = folder["in"], to = folder[name] })).Error.ShouldBeNull();
        var whole = await File.ReadAllBytesAsync(folder[name], TestContext.Current.CancellationToken);
        for (var part = 1; part < 12; part++)
        {
            await File.WriteAllBytesAsync(folder["cut-" + name], whole[..(whole.Length * part / 12)], TestContext.Current.CancellationToken);

            var outcome = await stage.RunAsync("archive.extract", new { from = folder["cut-" + name], to = folder["out"] });

            outcome.Error!.Kind.ShouldBe(ProviderErrorKind.BadRequest, outcome.Error.Message);
            Directory.Exists(folder["out"]).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task A_flipped_bit_is_found_by_the_sum_of_the_entry()
    {
        await PythonZipAsync("z.writestr(zipfile.ZipInfo('a'), 'some plain content')");
        var bytes = await File.ReadAllBytesAsync(folder["a.zip"], TestContext.Current.CancellationToken);
        bytes[bytes.AsSpan().IndexOf("plain"u8)] ^= 1;
        await File.WriteAllBytesAsync(folder["a.zip"], bytes, TestContext.Current.CancellationToken);

        (await stage.RunAsync("archive.list", new { from = folder["a.zip"] })).Error!.Message.ShouldContain("'a' is damaged");
    }

    [Fact]
    public async Task What_is_there_already_is_kept_when_it_is_to_be()
    {
        await PythonZipAsync("z.writestr('new', 'x'); z.writestr('old', 'x')");
        folder.WriteFile("out/old", "mine");

        var kept = await stage.RunAsync("archive.extract", new { from = folder["a.zip"], to = folder["out"], overwrite = false });
        var before = Directory.GetFiles(folder["out"]).Length;
        var replaced = await stage.RunAsync("archive.extract", new { from = folder["a.zip"], to = folder["out"] });

        (kept.Error!.Kind, before).ShouldBe((ProviderErrorKind.Conflict, 1));
        replaced.Error.ShouldBeNull();
        (await File.ReadAllTextAsync(folder["out/old"], TestContext.Current.CancellationToken)).ShouldBe("x");
    }

    [Theory]
    [InlineData("a.txt", "PK no")]
    [InlineData("a.7z", "7z\u00bc\u00af")]
    [InlineData("a.zip", "")]
    public async Task What_is_no_archive_is_told_so(string name, string content)
    {
        folder.WriteFile(name, content);

        (await stage.RunAsync("archive.extract", new { from = folder[name], to = folder["out"] })).Error!.Kind.ShouldBe(ProviderErrorKind.BadRequest);
    }

    [Fact]
    public async Task An_encrypted_archive_is_told_so()
    {
        folder.WriteFile("in/a", "secret");
        await RunAsync("/usr/bin/python3", ["-c", """
            import struct,zipfile
            z = zipfile.ZipFile('a.zip', 'w'); z.writestr('a', 'x' * 20); z.close()
            b = bytearray(open('a.zip', 'rb').read()); b[6] |= 1; c = b.find(b'PK\x01\x02'); b[c + 8] |= 1; open('a.zip', 'wb').write(b)
            """]);

        (await stage.RunAsync("archive.list", new { from = folder["a.zip"] })).Error!.Message.ShouldContain("encrypted");
    }

    [Fact]
    public async Task One_file_is_packed_by_itself()
    {
        folder.WriteFile("report.csv", "a,b\n");

        (await stage.RunAsync("archive.create", new { from = folder["report.csv"], to = folder["r.zip"] })).Error.ShouldBeNull();

        (await stage.RunAsync("archive.list", new { from = folder["r.zip"] })).Output!.Value.GetProperty("names").Deserialize<string[]>().ShouldBe(["report.csv"]);
    }

    [Fact]
    public async Task What_cannot_be_packed_leaves_the_old_archive()
    {
        folder.WriteFile("a.zip", "old");

        (await stage.RunAsync("archive.create", new { from = folder["none"], to = folder["a.zip"] })).Error!.Kind.ShouldBe(ProviderErrorKind.NotFound);
        (await File.ReadAllTextAsync(folder["a.zip"], TestContext.Current.CancellationToken)).ShouldBe("old");
        Directory.GetFiles(folder.Path).Length.ShouldBe(1);
    }

    private static int Output(PlanOutcome outcome, string name)
    {
        outcome.Error.ShouldBeNull();
        return outcome.Output!.Value.GetProperty(name).GetInt32();
    }

    private void MakeTree(string name)
    {
        folder.WriteFile($"{name}/plain.txt", "plain");
        File.SetLastWriteTimeUtc(folder[$"{name}/plain.txt"], new DateTime(2021, 3, 4, 5, 6, 8, DateTimeKind.Utc));
        folder.WriteFile($"{name}/empty", "");
        folder.WriteFile($"{name}/run.sh", "#!/bin/sh\n");
        File.SetUnixFileMode(folder[$"{name}/run.sh"], (UnixFileMode)0x1ED);
        folder.WriteFile($"{name}/deep/{new string('d', 90)}/{new string('e', 90)}/ü \U0001F389 'x'.bin", string.Concat(Enumerable.Range(0, 50_000).Select(n => (char)('a' + (n * 7 % 26)))));
        folder.WriteFile($"{name}/deep/more.bin", string.Concat(Enumerable.Range(0, 70_000).Select(n => n.ToString("x"))));
        folder.WriteFile($"{name}/gone.tmp", "x");
        folder.Folder($"{name}/no files");
        File.CreateSymbolicLink(folder[$"{name}/link"], "/etc/passwd");
    }

    private Dictionary<string, string> TreeOf(string name) => Directory.EnumerateFileSystemEntries(folder[name], "*", SearchOption.AllDirectories)
        .Where(path => new FileInfo(path).LinkTarget is null)
        .ToDictionary(path => Path.GetRelativePath(folder[name], path), path => Directory.Exists(path) ? "/" : File.ReadAllText(path), StringComparer.Ordinal);

    private Task PythonZipAsync(string script) => RunAsync("/usr/bin/python3", ["-W", "ignore", "-c", $"import zipfile\nz = zipfile.ZipFile('a.zip', 'w', zipfile.ZIP_DEFLATED)\n{script}\nz.close()"]);

    private Task PythonTarAsync(string script) => RunAsync("/usr/bin/python3", ["-c", $"""
        import io, tarfile
        t = tarfile.open('a.tar', 'w')
        def add(name, data):
            i = tarfile.TarInfo(name); i.size = len(data); t.addfile(i, io.BytesIO(data))
        def link(name, target, kind):
            i = tarfile.TarInfo(name); i.type = kind; i.linkname = target; t.addfile(i)
        {script}
        t.close()
        """]);

    private async Task RunAsync(string program, string[] arguments)
    {
        using var run = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = folder.Path })!;
        var said = await run.StandardError.ReadToEndAsync();
        await run.WaitForExitAsync();
        run.ExitCode.ShouldBe(0, said);
    }

    private sealed class LocalOpener : IEndpointOpener
    {
        public ValueTask<IEndpoint> OpenAsync(string address, CancellationToken cancellationToken) =>
            ValueTask.FromResult(AllPlugins.Endpoints.Open(AllPlugins.Endpoints.Parse(address)!, new EndpointContext { Secrets = new StoredSecrets() }));
    }
}
