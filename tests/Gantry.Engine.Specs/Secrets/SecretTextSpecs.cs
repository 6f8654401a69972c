using FsCheck;
using FsCheck.Fluent;
using Gantry.Engine.Secrets;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Secrets;

public sealed class SecretTextSpecs
{
    [Theory]
    [InlineData("plain $ { }", "plain $ { }")]
    [InlineData("Bearer ${cred:A}!", "Bearer ${cred:B}!")]
    [InlineData("${cred:A}${cred:A}", "${cred:B}${cred:B}")]
    [InlineData("$${cred:A}", "${cred:A}")]
    public async Task References_are_replaced_once_and_escapes_are_undone(string template, string expected) =>
        (await SecretText.ExpandAsync(template, new OneSecret(), default)).ShouldBe(expected);

    [Theory]
    [InlineData("${cred:GONE}", "There is no credential 'GONE' in one place. Store it under this name, or correct the name in the plan.")]
    [InlineData("${cred:A", "A setting with secrets holds a malformed reference. A secret is written ${cred:NAME}; a plain ${ is written $${.")]
    [InlineData("${env.HOME}", "A setting with secrets holds a malformed reference. A secret is written ${cred:NAME}; a plain ${ is written $${.")]
    public async Task What_cannot_be_replaced_is_told(string template, string message) =>
        (await Should.ThrowAsync<SecretException>(async () => await SecretText.ExpandAsync(template, new OneSecret(), default))).Message.ShouldBe(message);

    [Fact]
    public void Any_text_that_is_escaped_expands_to_itself_whatever_stands_beside_it() =>
        Prop.ForAll(
            Gen.Elements("$", "{", "}", "${", "$${", "${cred:A}", "{cred:A}", "x", "\u001A", "\u001A0", "0").ListOf().ToArbitrary(),
            parts =>
            {
                // Every third part is the author's own reference; the others are values from elsewhere.
                var template = string.Concat(parts.Select((part, index) => index % 3 == 2 ? "${cred:A}" : SecretText.Escape(part)));
                var expected = string.Concat(parts.Select((part, index) => index % 3 == 2 ? "${cred:B}" : part));

                SecretText.ExpandAsync(template, new OneSecret(), default).AsTask().GetAwaiter().GetResult().ShouldBe(expected);
            }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(2000));

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("$${x", "${x")]
    [InlineData("a ${cred:A}", null)]
    public void A_template_without_references_has_a_plain_text(string template, string? expected) => SecretText.Plain(template).ShouldBe(expected);

    /// <summary>A, whose value looks like a reference.</summary>
    private sealed class OneSecret : ISecretResolver
    {
        public string Places => "one place";

        public ValueTask<Secret?> FindAsync(string name, CancellationToken cancellationToken) =>
            ValueTask.FromResult(name == "A" ? new Secret("${cred:B}") : null);
    }
}
