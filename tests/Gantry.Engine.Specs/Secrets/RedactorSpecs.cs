using System.Text.Json;
using Gantry.Engine.Secrets;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Secrets;

public sealed class RedactorSpecs : IDisposable
{
    private readonly Redactor redactor = new();

    public void Dispose() => redactor.Dispose();

    [Fact]
    public void A_secret_is_masked_in_plain_url_encoded_and_base64_form()
    {
        redactor.Add(new Secret("pä ss/1"));

        redactor.Text($"a pä ss/1 b {Uri.EscapeDataString("pä ss/1")} c {Convert.ToBase64String("pä ss/1"u8)} d").ShouldBe("a *** b *** c *** d");
    }

    [Theory]
    [InlineData("{\\\"a\\\":\\\"{0}\\\"}")]
    [InlineData("{0}")]
    public void A_body_of_json_that_comes_back_as_a_text_shows_no_secret(string around)
    {
        const string Value = "s3kret+ü \"q\"\\/<é>";
        redactor.Add(new Secret(Value));
        string[] bodies =
        [
            JsonSerializer.Serialize(Value),
            JsonSerializer.Serialize(Value, new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }),
            System.Net.WebUtility.UrlEncode(Value),
            Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Value)).TrimEnd('=').Replace('+', '-').Replace('/', '_'),
        ];

        foreach (var body in bodies)
        {
            var kept = redactor.Json(JsonSerializer.SerializeToElement(new { body = around.Replace("{0}", body, StringComparison.Ordinal) }));

            kept.GetProperty("body").GetString()!.ShouldContain("***");
            kept.GetRawText().ShouldNotContain("s3kret");
        }
    }

    [Fact]
    public void In_json_it_is_masked_however_it_is_escaped_in_names_and_in_numbers()
    {
        redactor.Add(new Secret("s3c\"é"));
        redactor.Add(new Secret("12345"));

        var masked = redactor.Json(JsonElement.Parse(
            """{"a s3c\u0022\u00e9":["s3c\"é",12345,112345,{"b":"\u0073\u0033c\"é!"}],"n":1.50,"\ud800":"\udc00"}"""));

        masked.GetRawText().ShouldBe("""{"a ***":["***","***",112345,{"b":"***!"}],"n":1.50,"\uFFFD":"\udc00"}""");
    }

    [Fact]
    public void A_secret_within_another_leaves_no_rest_of_it()
    {
        redactor.Add(new Secret("abcd"));
        redactor.Add(new Secret("xabcdx"));

        redactor.Text("xabcdx abcd").ShouldBe("*** ***");
    }

    [Fact]
    public void A_very_short_secret_is_masked_only_where_it_is_the_whole_value()
    {
        redactor.Add(new Secret("a"));

        (redactor.Text("a"), redactor.Text("a banana")).ShouldBe(("***", "a banana"));
    }

    [Fact]
    public void Without_secrets_the_value_is_the_same()
    {
        var value = JsonElement.Parse("""{"a" : 1}""");

        redactor.Json(value).GetRawText().ShouldBe("""{"a" : 1}""");
    }
}
