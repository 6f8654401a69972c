using System.Security.Cryptography;
using System.Text;
using Gantry.Hub.Database;
using Gantry.Hub.Vault.Keys;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Vault;

public sealed class MasterKeySpecs
{
    private static readonly byte[] Sound = SHA256.HashData("a sound key"u8);

    public static TheoryData<string> GuessableKeys => new(
        new string('0', 64),
        new string('f', 64),
        string.Concat(Enumerable.Repeat("0123456789abcdef", 4)),
        Convert.ToHexString([.. Enumerable.Range(0, 32).Select(i => (byte)i)]),
        Convert.ToHexString([.. Enumerable.Range(0, 32).Select(i => (byte)(7 - (3 * i)))]),
        Convert.ToHexString([.. Sound[..16], .. Sound[..16]]),
        Convert.ToBase64String("the quick brown fox jumps over i"u8),
        Convert.ToBase64String(Encoding.ASCII.GetBytes("changeme".PadRight(32, '!'))));

    [Fact]
    public void Every_way_to_write_a_key_gives_the_same_key()
    {
        var base64 = Convert.ToBase64String(Sound);
        string[] texts = [Convert.ToHexString(Sound), Convert.ToHexStringLower(Sound), base64, base64.TrimEnd('='), base64.Replace('+', '-').Replace('/', '_')];

        texts.Select(text => MasterKey.Parse(text, "here").Fingerprint).Distinct().ShouldHaveSingleItem().ShouldMatch("^[0-9a-f]{16}$");
        MasterKey.Parse(MasterKey.Parse(base64, "here").Write(), "here").Fingerprint.ShouldBe(MasterKey.Parse(base64, "here").Fingerprint);
    }

    [Theory]
    [InlineData("secret")]
    [InlineData("00")]
    [InlineData("zz000000000000000000000000000000000000000000000000000000000000zz")]
    [InlineData("c2hvcnQ=")]
    public void What_is_no_key_is_refused_without_being_repeated(string text)
    {
        var refused = Should.Throw<HubStartException>(() => MasterKey.Parse(text, "GANTRY_MASTER_KEY"));

        refused.Message.ShouldStartWith("GANTRY_MASTER_KEY");
        refused.Message.ShouldContain("openssl rand -base64 32");
        refused.Message.ShouldNotContain(text);
    }

    [Theory]
    [MemberData(nameof(GuessableKeys))]
    public void A_key_that_can_be_guessed_is_refused(string text) =>
        Should.Throw<HubStartException>(() => MasterKey.Parse(text, "GANTRY_MASTER_KEY")).Message.ShouldContain("can be guessed");

    [Fact]
    public void A_random_key_is_never_taken_for_a_guessable_one()
    {
        for (var i = 0; i < 10_000; i++)
        {
            using var key = MasterKey.New();
            MasterKey.Parse(key.Write(), "here").Fingerprint.ShouldBe(key.Fingerprint);
        }
    }

    [Fact]
    public void An_envelope_opens_with_its_key_and_binding_only()
    {
        var other = SHA256.HashData("another key"u8);
        var envelope = Envelope.Seal(Sound, "plain"u8, "bound"u8);

        Envelope.TryOpen(Sound, envelope, "bound"u8).ShouldBe("plain"u8.ToArray());
        Envelope.TryOpen(other, envelope, "bound"u8).ShouldBeNull();
        Envelope.TryOpen(Sound, envelope, "other"u8).ShouldBeNull();
        for (var i = 0; i < envelope.Length; i++)
        {
            var changed = (byte[])envelope.Clone();
            changed[i] ^= 1;
            Envelope.TryOpen(Sound, changed, "bound"u8).ShouldBeNull();
            Envelope.TryOpen(Sound, envelope.AsSpan(0, i), "bound"u8).ShouldBeNull();
        }
    }

    [Fact]
    public void No_two_lists_of_texts_bind_alike()
    {
        string?[][] lists = [[], [""], [null], ["", ""], ["a", "b"], ["ab"], ["ab", ""], ["", "ab"], ["a", null], [null, "a"], ["a", "", "b"]];

        lists.Select(list => Convert.ToHexString(Envelope.Bind(list))).Distinct().Count().ShouldBe(lists.Length);
    }
}
