using System.Text;
using System.Text.Json;
using Gantry.Engine.Secrets;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Secrets;

public sealed class SecretSpecs
{
    [Fact]
    public void A_secret_prints_stars_and_is_not_serialised()
    {
        using var secret = new Secret("s3cret");

        $"{secret}".ShouldBe("***");
        Should.Throw<NotSupportedException>(() => JsonSerializer.Serialize(secret));
        secret.Reveal().ShouldBe("s3cret");
    }

    [Fact]
    public void A_secret_that_was_disposed_of_holds_nothing_any_more()
    {
        var secret = new Secret("s3cret"u8);
        var bytes = secret.Utf8;

        secret.Dispose();

        bytes.ToArray().ShouldBe(new byte[6]);
        Should.Throw<ObjectDisposedException>(secret.Reveal);
    }

    [Fact]
    public void Bytes_and_text_of_the_same_value_are_equal()
    {
        new Secret("päss").ShouldBe(new Secret(Encoding.UTF8.GetBytes("päss")));
        new Secret("a").ShouldNotBe(new Secret("b"));
    }

    [Fact]
    public void What_is_no_text_is_no_secret()
    {
        Should.Throw<SecretException>(() => new Secret("half \ud83d"));
        Should.Throw<SecretException>(() => new Secret([0xC3, 0x28]));
    }
}
