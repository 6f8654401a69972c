using System.Globalization;
using System.Text;
using Gantry.Engine.Secrets;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Secrets;

/// <summary>Gantry's Fernet beside the library whose files it shares.</summary>
public sealed class FernetSpecs
{
    private const string Decide = """
        import base64, json, sys
        from cryptography.fernet import Fernet, MultiFernet
        asked = json.load(sys.stdin)
        box = MultiFernet([Fernet(key) for key in asked["keys"]])
        def answer(question):
            token = base64.b64decode(question["token"])
            try:
                if question.get("ttl") is None:
                    plain = box.decrypt(token)
                else:
                    plain = box.decrypt_at_time(token, question["ttl"], question["now"])
                return base64.b64encode(plain).decode()
            except Exception:
                return None
        print(json.dumps([answer(question) for question in asked["questions"]]))
        """;

    private const string DecideKeys = """
        import base64, json, sys
        from cryptography.fernet import Fernet
        def answer(key):
            try:
                Fernet(base64.b64decode(key))
                return True
            except ValueError:
                return False
        print(json.dumps([answer(key) for key in json.load(sys.stdin)]))
        """;

    private static readonly DateTimeOffset Now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    /// <summary>The example of https://github.com/fernet/spec, which every implementation opens.</summary>
    [Fact]
    public void The_token_of_the_specification_opens()
    {
        using var key = Key("cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=");
        var token = "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA=="u8;

        Encoding.UTF8.GetString(new Fernet(key).Decrypt(token)!).ShouldBe("hello");
        new Fernet(key).FindTime(token).ShouldBe(499162800UL);
    }

    [Fact]
    public void What_was_encrypted_opens_with_each_key_and_is_rotated_to_the_first()
    {
        using var older = FernetKey.Create();
        using var newer = FernetKey.Create();
        var token = new Fernet(older).Encrypt("value"u8, Now);

        var rotated = new Fernet(newer, older).Rotate(token)!;

        new Fernet(newer).Decrypt(token).ShouldBeNull();
        new Fernet(newer).Decrypt(rotated).ShouldBe("value"u8.ToArray());
        new Fernet(newer).FindTime(rotated).ShouldBe((ulong)Now.ToUnixTimeSeconds());
        new Fernet(newer).Rotate(token).ShouldBeNull();
    }

    [Fact]
    public void A_token_ends_with_its_time_to_live()
    {
        using var key = FernetKey.Create();
        var fernet = new Fernet(key);
        var token = fernet.Encrypt("value"u8, Now);
        var minute = TimeSpan.FromMinutes(1);

        fernet.Decrypt(token, minute, Now + minute).ShouldNotBeNull();
        fernet.Decrypt(token, minute, Now + minute + TimeSpan.FromSeconds(1)).ShouldBeNull();
        fernet.Decrypt(token, minute, Now - minute).ShouldNotBeNull();
        fernet.Decrypt(token, minute, Now - minute - TimeSpan.FromSeconds(1)).ShouldBeNull();
    }

    [Fact]
    public async Task Every_mutated_token_is_taken_or_refused_as_by_Python()
    {
        using var one = FernetKey.Create();
        using var other = FernetKey.Create();
        var fernet = new Fernet(one, other);
        var tokens = Mutants(Enumerable.Range(0, 34).Select(length => (length % 2 == 0 ? fernet : new Fernet(other)).Encrypt(new byte[length], Now)).ToList());

        var answers = await PythonPeer.AskAsync(Decide, new { keys = Texts(one, other), questions = tokens.Select(token => new { token }) });

        var taken = 0;
        foreach (var (token, answer) in tokens.Zip(answers.EnumerateArray()))
        {
            var plain = fernet.Decrypt(token);
            (plain is null ? null : Convert.ToBase64String(plain)).ShouldBe(answer.GetString(), Encoding.Latin1.GetString(token));
            taken += plain is null ? 0 : 1;
        }

        taken.ShouldBeInRange(500, tokens.Count - 1000);
    }

    [Fact]
    public async Task Times_are_judged_as_by_Python()
    {
        using var key = FernetKey.Create();
        var fernet = new Fernet(key);
        var token = fernet.Encrypt("value"u8, Now);
        var questions = (
            from ttl in new[] { 0, 1, 59, 60, 61, 3600, -1, -61 }
            from shift in new[] { -3600, -62, -61, -60, -59, -1, 0, 1, 59, 60, 61, 62, 3600, 3601 }
            select (Ttl: ttl, Now: Now.AddSeconds(shift))).ToList();

        var answers = await PythonPeer.AskAsync(
            Decide, new { keys = Texts(key), questions = questions.Select(question => new { token, ttl = question.Ttl, now = question.Now.ToUnixTimeSeconds() }) });

        questions.Select(question => fernet.Decrypt(token, TimeSpan.FromSeconds(question.Ttl), question.Now) is not null)
            .ShouldBe(answers.EnumerateArray().Select(answer => answer.GetString() is not null));
    }

    [Fact]
    public async Task Every_key_is_taken_or_refused_as_by_Python()
    {
        using var key = FernetKey.Create();
        var keys = Mutants([Encoding.ASCII.GetBytes(key.Export().Reveal()), new byte[44], [], "="u8.ToArray(), "===="u8.ToArray()]);

        var answers = await PythonPeer.AskAsync(DecideKeys, keys);

        foreach (var (text, answer) in keys.Zip(answers.EnumerateArray()))
        {
            (FernetKey.Parse(text) is not null).ShouldBe(answer.GetBoolean(), Encoding.Latin1.GetString(text));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(100_000)]
    public async Task What_Python_wrote_opens_here(int length)
    {
        const string Write = """
            import json, sys
            from cryptography.fernet import Fernet
            asked = json.load(sys.stdin)
            print(json.dumps(Fernet(asked["key"]).encrypt(b"x" * asked["length"]).decode()))
            """;
        using var key = FernetKey.Create();

        var token = await PythonPeer.AskAsync(Write, new { key = key.Export().Reveal(), length });

        new Fernet(key).Decrypt(Encoding.ASCII.GetBytes(token.GetString()!)).ShouldBe(Enumerable.Repeat((byte)'x', length));
    }

    [Fact]
    public void A_list_of_keys_is_a_list_only_when_each_is_one()
    {
        using var key = FernetKey.Create();
        var text = key.Export().Reveal();

        FernetKey.ParseList($"{text}, {text}\n{text}\n")!.Count.ShouldBe(3);
        FernetKey.ParseList($"{text},short").ShouldBeNull();
        FernetKey.ParseList(" \n").ShouldBeNull();
        key.ToString().ShouldBe("***");
    }

    private static FernetKey Key(string text) => FernetKey.Parse(Encoding.ASCII.GetBytes(text))!;

    private static string[] Texts(params FernetKey[] keys) => [.. keys.Select(key => key.Export().Reveal())];

    /// <summary>Each original as it is, and with up to three things done to it that may or may not matter.</summary>
    private static List<byte[]> Mutants(IReadOnlyList<byte[]> originals)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("GANTRY_TEST_SEED"), CultureInfo.InvariantCulture, out var given) ? given : 20260304;
        Random random = new(seed);
        List<byte[]> mutants = [.. originals];
        foreach (var original in Enumerable.Repeat(originals, Math.Max(60, 3000 / originals.Count)).SelectMany(all => all))
        {
            var mutant = original.ToList();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                Mutate(mutant, random);
            }

            mutants.Add([.. mutant]);
        }

        return mutants;
    }

    private static void Mutate(List<byte> token, Random random)
    {
        ReadOnlySpan<byte> curious = "=\n\r\t +-/_.,*~\"%A9\0\u0080"u8;
        var at = token.Count == 0 ? 0 : random.Next(token.Count);
        switch (random.Next(9))
        {
            case 0:
                token.Insert(at, curious[random.Next(curious.Length)]);
                break;
            case 1:
                token.Add(curious[random.Next(curious.Length)]);
                break;
            case 2 when token.Count > 0:
                token.RemoveAt(at);
                break;
            case 3 when token.Count > 0:
                token[at] = (byte)random.Next(256);
                break;
            case 4 when token.Count > 0:
                token.RemoveRange(at, token.Count - at);
                break;
            case 5:
                token.InsertRange(at, "==\n"u8.ToArray());
                break;
            case 6:
                token.RemoveAll(character => character == '=');
                break;
            case 7:
                Replace(token, (byte)'-', (byte)'+');
                Replace(token, (byte)'_', (byte)'/');
                break;
            default:
                token.AddRange("====AAAA="u8.ToArray());
                break;
        }
    }

    private static void Replace(List<byte> token, byte old, byte by)
    {
        for (var at = token.IndexOf(old); at >= 0; at = token.IndexOf(old))
        {
            token[at] = by;
        }
    }
}
