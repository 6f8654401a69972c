using FsCheck;
using FsCheck.Fluent;
using Gantry.Engine.Secrets;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Secrets;

public sealed class RedactorFormSpecs : IDisposable
{
    private static readonly string[] Values =
    [
        "hunter2!", "correct horse battery staple", "pä ss/1+=", "a\"b\\c/d<e>&'f", "100%sure%41", "geheim\u00FCber", "\U0001F511key\U0001F511", "tab\tand\r\nline two\nline three",
        "AKIA/abc+def==", "C:\\new\\table", "x&amp;y;", " padded ", "****", "1234", "\\u0041\\u0042", "long" + new string('q', 40) + "end of it; " + string.Concat(Enumerable.Range(100, 200)),
    ];

    private readonly Redactor redactor = new();

    public static TheoryData<string> Forms => [.. SecretForms.All.Keys];

    public void Dispose() => redactor.Dispose();

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_secret_is_masked_in_every_form_that_programs_write(string form)
    {
        foreach (var value in Values)
        {
            using Redactor one = new();
            one.Add(new Secret(value));
            var written = SecretForms.All[form](value);

            var masked = one.Text($"before <{written}> behind");

            masked.ShouldStartWith("before <");
            masked.ShouldEndWith("> behind");
            masked.ShouldContain("***");
            LongestOf(masked, written).ShouldBeLessThanOrEqualTo(Rest(form), $"{form} of {value}: {masked}");
        }
    }

    [Fact]
    public void Secrets_that_overlap_leave_nothing_between_them()
    {
        redactor.Add(new Secret("abcdefgh"));
        redactor.Add(new Secret("efghijkl"));
        redactor.Add(new Secret("cdef"));

        redactor.Text("<abcdefghijkl> <cdefghijkl> <abcdefghabcdefgh>").ShouldBe("<***> <***> <***>");
    }

    [Fact]
    public void A_piece_of_a_long_secret_is_masked_but_for_its_ends()
    {
        var value = string.Concat(Enumerable.Range(1000, 500));
        redactor.Add(new Secret(value));

        var masked = redactor.Text($"<{value[333..1500]}…");

        masked.Length.ShouldBeLessThan(70);
    }

    [Fact]
    public void A_secret_of_many_lines_is_masked_line_by_line()
    {
        redactor.Add(new Secret("-----BEGIN KEY-----\nMIIBVgIBADANBgkqhkiG\nq5Jc7bZZ91\n-----END KEY-----\n"));

        redactor.Text("1: MIIBVgIBADANBgkqhkiG\n2: q5Jc7bZZ91 -----BEGIN KEY----- MIIBVgIBADANBgkqhkiG q5Jc7bZZ91 -----END KEY-----").ShouldBe("1: ***\n2: *** ***");
    }

    [Fact]
    public void A_secret_of_megabytes_is_masked_and_takes_no_more_than_some_times_its_size()
    {
        var random = new Random(1);
        var value = string.Concat(Enumerable.Range(0, 500_000).Select(_ => random.Next(0, 36) is var digit && digit < 10 ? (char)('0' + digit) : (char)('a' + digit - 10)).Chunk(10).Select(chunk => new string(chunk) + " "));
        var before = GC.GetAllocatedBytesForCurrentThread();

        redactor.Add(new Secret(value));

        redactor.Text($"<{value}> <{Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(value))}>").ShouldBe("<***> <***>");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(200L * value.Length);
    }

    [Fact]
    public void A_text_without_secrets_is_the_same_text()
    {
        redactor.Add(new Secret("hunter2!"));
        var text = "There is nothing \u00FCber \\ 50% & more here. " + new string('x', 5000);

        ReferenceEquals(redactor.Text(text), text).ShouldBeTrue();
    }

    [Fact]
    public void Whatever_surrounds_them_and_wherever_it_is_cut_the_forms_are_masked_and_the_rest_is_kept()
    {
        var forms = SecretForms.All.Values.ToArray();
        var part = Gen.OneOf(
            Gen.Elements(" ", "\n", "{\"a\":\"", "\"}", "token=", "&", "<b>", "Authorization: ", "\u00E9\U0001F600", "%20", "\\n", new string('.', 500)).Select(text => (Text: text, IsSecret: false)),
            Gen.Elements(forms).SelectMany(form => Gen.Elements(Values[..6]).Select(value => (Text: form(value), IsSecret: true))));
        var cuts = Gen.Choose(1, 700).NonEmptyListOf();
        foreach (var value in Values[..6])
        {
            redactor.Add(new Secret(value));
        }

        Prop.ForAll(part.ListOf().Zip(cuts, (parts, sizes) => (parts, sizes)).ToArbitrary(), given =>
        {
            var text = string.Concat(given.parts.Select(one => one.IsSecret ? $" [{one.Text}] " : one.Text));

            var whole = redactor.Text(text);
            var inPieces = Write(text, [.. given.sizes]);

            inPieces.ShouldBe(whole);
            foreach (var value in Values[..6])
            {
                foreach (var (name, form) in SecretForms.All)
                {
                    if (!name.StartsWith("base64", StringComparison.Ordinal))
                    {
                        whole.ShouldNotContain(form(value));
                    }
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(300));
    }

    [Fact]
    public void As_the_naive_replacement_does_it_wherever_that_is_right()
    {
        foreach (var value in (string[])["abab", "babc", "ccccc", "abcabcabc"])
        {
            redactor.Add(new Secret(value));
        }

        Prop.ForAll(Gen.Elements('a', 'b', 'c', '.').ArrayOf().ToArbitrary(), letters =>
        {
            var text = new string(letters);

            redactor.Text(text).ShouldBe(Naive(text, "abab", "babc", "ccccc", "abcabcabc"));
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(2000));
    }

    [Fact]
    public void A_flush_passes_on_whole_lines_and_holds_back_what_could_become_a_secret()
    {
        redactor.Add(new Secret("hunter2!"));
        using StringWriter inner = new();
        using RedactingWriter writer = new(inner, redactor);

        writer.Write("one\nhunt");
        writer.Flush();
        var flushed = inner.ToString();
        writer.Write("er2! two");
        writer.Dispose();

        (flushed, inner.ToString()).ShouldBe(("one\n", "one\n*** two"));
    }

    [Fact]
    public void What_is_held_back_is_bounded()
    {
        redactor.Add(new Secret(string.Concat(Enumerable.Range(0, 100_000))));
        using StringWriter inner = new();
        using RedactingWriter writer = new(inner, redactor);

        for (var i = 0; i < 100_000; i++)
        {
            writer.Write($"{i}");
            writer.Write("");
        }

        writer.Write(new string('.', 10_000));
        inner.ToString().ShouldStartWith("***.....");
    }

    [Fact]
    public void A_redactor_that_was_disposed_of_knows_nothing_any_more()
    {
        redactor.Add(new Secret("hunter2!"));

        redactor.Dispose();

        redactor.Text("hunter2!").ShouldBe("hunter2!");
    }

    [Fact]
    public void What_is_in_use_anywhere_is_masked_for_all_until_the_use_ends()
    {
        SecretsInUse all = new();
        var (first, second) = (all.Begin(), all.Begin());
        first.Add(new Secret("hunter2!"));
        second.Add(new Secret("er2!more"));

        var during = all.Text("hunter2!more");
        first.Dispose();
        second.Dispose();

        (during, all.Text("hunter2!more")).ShouldBe(("***", "hunter2!more"));
    }

    private string Write(string text, int[] sizes)
    {
        using StringWriter inner = new();
        using (RedactingWriter writer = new(inner, redactor))
        {
            for (int at = 0, turn = 0; at < text.Length; turn++)
            {
                var size = Math.Min(sizes[turn % sizes.Length], text.Length - at);
                writer.Write(text.AsSpan(at, size));
                at += size;
            }
        }

        return inner.ToString();
    }

    /// <summary>Marks each place of each value, and masks what is marked.</summary>
    private static string Naive(string text, params string[] values)
    {
        var isSecret = new bool[text.Length + 1];
        foreach (var value in values)
        {
            for (var at = text.IndexOf(value, StringComparison.Ordinal); at >= 0; at = text.IndexOf(value, at + 1, StringComparison.Ordinal))
            {
                isSecret.AsSpan(at, value.Length).Fill(true);
            }
        }

        return string.Concat(text.Select((character, at) => !isSecret[at] ? character.ToString() : at > 0 && isSecret[at - 1] ? "" : "***"));
    }

    /// <summary>What a form writes around the secret itself, such as a user's name in the same Base64.</summary>
    private static int Rest(string form) => form.StartsWith("base64", StringComparison.Ordinal) ? (form.EndsWith("lines", StringComparison.Ordinal) ? 84 : 16) : 8;

    /// <summary>The longest part of the written form that is still there.</summary>
    private static int LongestOf(string masked, string written)
    {
        var pieces = masked["before <".Length..^"> behind".Length].Split("***");
        return pieces.Where(piece => written.Contains(piece, StringComparison.Ordinal)).Select(piece => piece.Length).DefaultIfEmpty(0).Max();
    }
}
