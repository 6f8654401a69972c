using System.Security.Cryptography;
using System.Text;
using Gantry.Engine.Secrets;
using Gantry.Plugins;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.SecretStores;

public sealed class FileSecretStoreSpecs : SecretStoreContract
{
    private const string Encrypt = """
        import json, sys
        from cryptography.fernet import Fernet
        asked = json.load(sys.stdin)
        print(json.dumps(Fernet(asked["key"]).encrypt(asked["text"].encode()).decode()))
        """;

    private const string Decrypt = """
        import base64, hashlib, json, sys
        from cryptography.fernet import Fernet
        asked = json.load(sys.stdin)
        key = asked.get("key")
        if key is None:
            name, rounds, salt = open(asked["path"] + ".salt").read().strip().split(":")
            key = base64.urlsafe_b64encode(hashlib.pbkdf2_hmac("sha256", asked["passphrase"].encode(), base64.b64decode(salt), int(rounds), 32))
        print(json.dumps(Fernet(key).decrypt(open(asked["path"], "rb").read()).decode()))
        """;

    private readonly TemporaryFolder folder = new();
    private readonly Dictionary<string, string> variables = new(StringComparer.Ordinal);
    private readonly List<string> notices = [];
    private readonly string key = FernetKey.Create().Export().Reveal();

    private string FilePath => folder[".env.encrypted"];

    [Fact]
    public async Task A_file_that_Python_wrote_opens_and_keeps_its_order_and_comments()
    {
        const string Text = "# Sites\r\nexport B_PASSWORD='it''s'\r\nA_PASSWORD = \"one\\ntwo\" # of the old host\r\n\r\nodd line\r\nC=plain # note\r\nB=";
        await PythonWritesAsync(Text);

        var found = await Store.FindAsync(["A_PASSWORD", "C", "B"], Token);
        await Store.PutAsync([Write("C", "new value"), Write("D", "added")], Token);

        found["A_PASSWORD"].Value.Reveal().ShouldBe("one\ntwo");
        (found["C"].Value.Reveal(), found["B"].Value.Reveal()).ShouldBe(("plain", ""));
        var text = await PythonReadsAsync();
        WithoutNotes(text).ShouldBe(Text.Replace("C=plain", "C='new value'", StringComparison.Ordinal) + "\r\nD=added\r\n");
    }

    [Fact]
    public async Task The_file_is_only_for_its_owner_and_nothing_is_left_beside_it()
    {
        await GivenAsync("NAME", "value");

        File.GetUnixFileMode(FilePath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFileSystemEntries(folder.Path).ShouldBe([FilePath]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(-1)]
    public async Task A_file_that_was_cut_off_cannot_be_opened_and_stays_as_it_is(int length)
    {
        await GivenAsync("NAME", "v4lue");
        var whole = await File.ReadAllBytesAsync(FilePath, Token);
        await CannotBeOpenedAsync(length < 0 ? [.. whole[..40], whole[40] == 'A' ? (byte)'B' : (byte)'A', .. whole[41..]] : whole[..length]);
    }

    [Fact]
    public async Task Another_key_opens_nothing()
    {
        await GivenAsync("NAME", "v4lue");
        variables["GANTRY_FILE_KEY"] = FernetKey.Create().Export().Reveal();
        Store.Dispose();
        using var other = Open([]);

        var refusal = await Should.ThrowAsync<SecretStoreException>(async () => await other.FindAsync(["NAME"], Token));

        refusal.Error.ShouldBe(SecretStoreError.Tampered);
        refusal.Message.ShouldContain($"'{FilePath}' cannot be opened");
    }

    [Fact]
    public async Task A_key_of_the_list_opens_and_the_first_one_seals()
    {
        await GivenAsync("NAME", "value");
        var newer = FernetKey.Create().Export().Reveal();
        variables["GANTRY_FILE_KEY"] = $"{newer},{key}";
        using var both = Open([]);

        await ((IRotatesKeys)both).RotateAsync(Token);

        (await PythonReadsAsync(newer)).ShouldContain("NAME=value");
    }

    [Fact]
    public async Task A_key_file_is_made_once_and_refused_when_others_can_read_it()
    {
        variables.Clear();
        Dictionary<string, string> settings = new() { ["key_file"] = "keys/file.key" };
        using (var store = Open(settings))
        {
            await store.PutAsync([Write("NAME", "value")], Token);
        }

        var keyFile = folder["keys/file.key"];
        File.GetUnixFileMode(keyFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        notices.ShouldHaveSingleItem().ShouldContain(keyFile);
        (await PythonReadsAsync((await File.ReadAllTextAsync(keyFile, Token)).Trim())).ShouldContain("NAME=value");
        File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        using var refusing = Open(settings);
        (await Should.ThrowAsync<SecretStoreException>(async () => await refusing.ListAsync(Token))).Message.ShouldContain("chmod 600");
        File.Delete(keyFile);
        using var keyless = Open(settings);
        (await Should.ThrowAsync<SecretStoreException>(async () => await keyless.PutAsync([Write("B", "value")], Token))).Message.ShouldContain("There is no key file");
    }

    [Fact]
    public async Task The_keys_of_a_key_file_are_rotated_and_the_older_kept()
    {
        variables.Clear();
        using var store = Open(new() { ["key_file"] = "file.key" });
        await store.PutAsync([Write("NAME", "value")], Token);
        var before = await File.ReadAllTextAsync(folder["file.key"], Token);

        await ((IRotatesKeys)store).RotateAsync(Token);

        var keys = (await File.ReadAllTextAsync(folder["file.key"], Token)).Trim().Split('\n');
        keys.Length.ShouldBe(2);
        keys[1].ShouldBe(before.Trim());
        (await PythonReadsAsync(keys[0])).ShouldContain("NAME=value");
        (await store.FindAsync(["NAME"], Token))["NAME"].Value.Reveal().ShouldBe("value");
    }

    [Fact]
    public async Task Python_opens_with_the_key_derived_from_the_passphrase()
    {
        variables.Clear();
        variables["GANTRY_FILE_PASSPHRASE"] = "correct horse";
        using var store = Open([]);
        await store.PutAsync([Write("NAME", "value")], Token);

        var answer = await PythonPeer.AskAsync(Decrypt, new { path = FilePath, passphrase = "correct horse" });

        answer.GetString()!.ShouldContain("NAME=value");
        File.Delete(FilePath + ".salt");
        using var saltless = Open([]);
        (await Should.ThrowAsync<SecretStoreException>(async () => await saltless.ListAsync(Token))).Message.ShouldContain(".salt");
    }

    [Fact]
    public async Task Without_a_key_nothing_is_stored()
    {
        variables.Clear();
        using var store = Open([]);

        (await Should.ThrowAsync<SecretStoreException>(async () => await store.PutAsync([Write("NAME", "value")], Token))).Message.ShouldContain("GANTRY_FILE_KEY");

        Directory.GetFileSystemEntries(folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_batch_with_one_conflict_stores_nothing()
    {
        await GivenAsync("B", "old");

        await Should.ThrowAsync<SecretStoreException>(async () => await Store.PutAsync([Write("A", "new"), Write("B", "new") with { ExpectedVersion = SecretWrite.New }], Token));

        (await Store.FindAsync(["A", "B"], Token)).Values.Select(stored => stored.Value.Reveal()).ShouldBe(["old"]);
    }

    [Fact]
    public async Task A_link_is_followed_and_stays_a_link()
    {
        folder.Folder("real");
        File.CreateSymbolicLink(FilePath, "real/file");
        using var store = Open([]);

        await store.PutAsync([Write("NAME", "value")], Token);

        new FileInfo(FilePath).LinkTarget.ShouldBe("real/file");
        File.Exists(folder["real/file"]).ShouldBeTrue();
    }

    [Fact]
    public async Task A_file_out_of_the_allowed_folders_is_refused()
    {
        folder.Folder("allowed");
        File.CreateSymbolicLink(folder["allowed/out"], folder.Path);

        foreach (var path in new[] { "../x", "/etc/passwd", "allowed/../x", "allowed/out/x", "allowed" })
        {
            Should.Throw<SecretStoreException>(() => Open(new() { ["path"] = path }, [folder["allowed"]]), path).Error.ShouldBe(SecretStoreError.BadSetting);
        }

        using var store = Open(new() { ["path"] = "allowed/x" }, [folder["allowed"]]);
        await store.PutAsync([Write("NAME", "value")], Token);
    }

    protected override Task<ISecretStore> OpenAsync()
    {
        variables["GANTRY_FILE_KEY"] = key;
        return Task.FromResult(Open([]));
    }

    protected override Task<ISecretStore> OpenAgainAsync() => Task.FromResult(Open([]));

    protected override ValueTask CleanUpAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task CannotBeOpenedAsync(byte[] content)
    {
        await File.WriteAllBytesAsync(FilePath, content, Token);

        var refusal = await Should.ThrowAsync<SecretStoreException>(async () => await Store.FindAsync(["NAME"], Token));
        await Should.ThrowAsync<SecretStoreException>(async () => await Store.PutAsync([Write("OTHER", "value")], Token));

        refusal.Error.ShouldBe(SecretStoreError.Tampered);
        refusal.Message.ShouldContain($"'{FilePath}' cannot be opened");
        (await File.ReadAllBytesAsync(FilePath, Token)).ShouldBe(content);
    }

    private ISecretStore Open(Dictionary<string, string> settings, IReadOnlyList<string>? roots = null) => new SecretStoreCatalog(AllPlugins.SecretStores).Open(
        new() { Kind = "file", Values = settings },
        new()
        {
            ReadVariable = name => variables.GetValueOrDefault(name),
            VariableNames = () => variables.Keys,
            Folder = folder.Path,
            LocalRoots = roots,
            Notice = notices.Add,
        });

    private async Task PythonWritesAsync(string text) =>
        await File.WriteAllTextAsync(FilePath, (await PythonPeer.AskAsync(Encrypt, new { key, text })).GetString(), Token);

    private async Task<string> PythonReadsAsync(string? with = null) =>
        (await PythonPeer.AskAsync(Decrypt, new { key = with ?? key, path = FilePath })).GetString()!;

    private static string WithoutNotes(string text) =>
        string.Concat(text.Split('\n').Where(line => !line.StartsWith("# gantry: ", StringComparison.Ordinal)).Select(line => line + "\n"))[..^1];
}
