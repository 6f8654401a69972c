using Gantry.Engine.Secrets;
using Shouldly;
using Xunit;

namespace Gantry.TestServers;

/// <summary>What every secret store keeps to. A store proves itself by deriving from this.</summary>
public abstract class SecretStoreContract : IAsyncLifetime
{
    /// <summary>What has bitten somebody: quotes, escapes, comments, line ends, other alphabets, and what looks like a reference and is none.</summary>
    public static TheoryData<string> Values { get; } =
    [
        "simple", "", " ", "  both sides  ", "a b", "#no comment", "a #b", "'", "\"", "'quoted'", "\"quoted\"", "back\\slash", "ends with \\", "\\", "\\n is no line end",
        "line\nline", "line\r\nline\r", "\t", "$HOME ${HOME} $${x}", "${cred", "=", "a=b=c", "päss wörd", "密码🔑", "{\"json\": [1, 'two']}",
        "-----BEGIN KEY-----\nAAAA\n-----END KEY-----\n", "x'\\'y\\", "export A=b",
    ];

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected ISecretStore Store { get; private set; } = null!;

    /// <summary>An empty store.</summary>
    protected abstract Task<ISecretStore> OpenAsync();

    /// <summary>The same store opened anew, as by another process.</summary>
    protected abstract Task<ISecretStore> OpenAgainAsync();

    /// <summary>Puts a value there when the store itself cannot.</summary>
    protected virtual async Task GivenAsync(string name, string value) => await Store.PutAsync([Write(name, value)], Token);

    protected virtual ValueTask CleanUpAsync() => ValueTask.CompletedTask;

    public async ValueTask InitializeAsync() => Store = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        Store?.Dispose();
        await CleanUpAsync();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [MemberData(nameof(Values))]
    public async Task A_value_comes_back_as_it_was_stored(string value)
    {
        await GivenAsync("BEFORE", "one");
        await GivenAsync("NAME", value);
        await GivenAsync("BEHIND", "two");

        using var again = await OpenAgainAsync();
        var found = await again.FindAsync(["BEHIND", "NAME", "BEFORE"], Token);

        found.ToDictionary(pair => pair.Key, pair => pair.Value.Value.Reveal())
            .ShouldBe(new Dictionary<string, string> { ["BEHIND"] = "two", ["NAME"] = value, ["BEFORE"] = "one" }, ignoreOrder: true);
    }

    [Fact]
    public async Task What_is_not_there_is_left_out()
    {
        (await Store.FindAsync(["NAME"], Token)).ShouldBeEmpty();
        (await Store.ListAsync(Token)).ShouldBeEmpty();
        await GivenAsync("NAME", "value");

        (await Store.FindAsync(["OTHER", "NAME", "NAME"], Token)).Keys.ShouldBe(["NAME"]);
        (await Store.FindAsync([], Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Names_are_listed_in_their_order()
    {
        await GivenAsync("B", "1");
        await GivenAsync("C", "2");
        await GivenAsync("A", "3");

        (await Store.ListAsync(Token)).Select(entry => entry.Name).ShouldBe(["A", "B", "C"]);
    }

    [Fact]
    public async Task A_value_with_a_NUL_or_a_reference_and_a_bad_name_are_refused()
    {
        foreach (var (name, value) in new[] { ("NAME", "a\0b"), ("NAME", "${cred:NAME}"), ("", "value"), ("a b", "value"), ("../up", "value"), (new string('a', 129), "value") })
        {
            var refusal = await Should.ThrowAsync<SecretStoreException>(async () => await Store.PutAsync([Write(name, value)], Token));

            refusal.Error.ShouldBe(SecretStoreError.BadSetting);
            refusal.Message.ShouldNotContain("a\0b");
        }

        (await Store.ListAsync(Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_store_that_cannot_be_written_says_so()
    {
        Assert.SkipUnless(Store.Abilities.IsReadOnly, "The store can be written.");

        var refusal = await Should.ThrowAsync<SecretStoreException>(async () => await Store.PutAsync([Write("NAME", "value")], Token));

        refusal.Error.ShouldBe(SecretStoreError.ReadOnly);
        (await Should.ThrowAsync<SecretStoreException>(async () => await Store.DeleteAsync("NAME", Token))).Error.ShouldBe(SecretStoreError.ReadOnly);
    }

    [Fact]
    public async Task A_value_is_replaced_and_removed()
    {
        SkipIfReadOnly();
        await GivenAsync("NAME", "old");
        await GivenAsync("OTHER", "other");

        await Store.PutAsync([Write("NAME", "new")], Token);
        var replaced = await Store.FindAsync(["NAME"], Token);
        var wasThere = await Store.DeleteAsync("NAME", Token);
        var isThere = await Store.DeleteAsync("NAME", Token);

        replaced["NAME"].Value.Reveal().ShouldBe("new");
        (wasThere, isThere).ShouldBe((true, false));
        (await Store.ListAsync(Token)).Select(entry => entry.Name).ShouldBe(["OTHER"]);
    }

    [Fact]
    public async Task What_belongs_to_a_credential_is_kept_with_it()
    {
        Assert.SkipUnless(Store.Abilities.KeepsMetadata, "The store keeps values only.");
        SecretEntry entry = new()
        {
            Name = "SAMPLE_FTP_PASSWORD",
            Website = "sample",
            Type = "FTP_PASSWORD",
            Provider = "ftp",
            AllowedHosts = ["ftp.example.org", "10.0.0.1:21"],
        };

        await Store.PutAsync([new(entry, new("one"))], Token);
        var first = (await Store.ListAsync(Token)).ShouldHaveSingleItem();
        await Store.PutAsync([new(entry with { AllowedHosts = [] }, new("two"))], Token);
        var second = (await Store.ListAsync(Token)).ShouldHaveSingleItem();

        (first.Website, first.Type, first.Provider).ShouldBe(("sample", "FTP_PASSWORD", "ftp"));
        first.AllowedHosts.ShouldBe(entry.AllowedHosts);
        first.UpdatedAt.ShouldNotBeNull();
        second.AllowedHosts.ShouldBeEmpty();
        second.CreatedAt.ShouldBe(first.CreatedAt);
        second.Version.ShouldNotBe(first.Version);
    }

    [Fact]
    public async Task A_write_that_expects_another_version_changes_nothing()
    {
        SkipIfReadOnly();
        await Store.PutAsync([Write("NAME", "first") with { ExpectedVersion = SecretWrite.New }], Token);
        var version = (await Store.ListAsync(Token))[0].Version;
        await Store.PutAsync([Write("NAME", "second") with { ExpectedVersion = version }], Token);

        await ConflictsAsync(Write("NAME", "lost") with { ExpectedVersion = version });
        await ConflictsAsync(Write("NAME", "lost") with { ExpectedVersion = SecretWrite.New });
        await ConflictsAsync(Write("MISSING", "lost") with { ExpectedVersion = "1" });

        (await Store.FindAsync(["NAME"], Token))["NAME"].Value.Reveal().ShouldBe("second");
    }

    [Fact]
    public async Task Several_are_stored_at_once()
    {
        SkipIfReadOnly();
        var names = Enumerable.Range(0, 30).Select(number => $"NAME_{number:00}").ToList();

        await Store.PutAsync([.. names.Select(name => Write(name, "value of " + name))], Token);

        var found = await Store.FindAsync(names, Token);
        found.Values.Select(stored => stored.Value.Reveal()).ShouldBe(names.Select(name => "value of " + name), ignoreOrder: true);
        (await Store.ListAsync(Token)).Count.ShouldBe(names.Count);
    }

    [Fact]
    public async Task Writers_at_the_same_time_lose_nothing()
    {
        SkipIfReadOnly();
        using var other = await OpenAgainAsync();

        await Task.WhenAll(Enumerable.Range(0, 16).Select(number =>
            Task.Run(async () => await (number % 2 == 0 ? Store : other).PutAsync([Write($"NAME_{number:00}", "value")], Token))));

        (await Store.ListAsync(Token)).Count.ShouldBe(16);
    }

    protected static SecretWrite Write(string name, string value) => new(new() { Name = name }, new(value));

    protected void SkipIfReadOnly() => Assert.SkipWhen(Store.Abilities.IsReadOnly, "The store cannot be written.");

    private async Task ConflictsAsync(SecretWrite write) =>
        (await Should.ThrowAsync<SecretStoreException>(async () => await Store.PutAsync([write], Token))).Error.ShouldBe(SecretStoreError.Conflict);
}
