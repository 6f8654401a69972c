using System.Text;
using Gantry.Engine.Documents;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Secrets;

public sealed class DotenvSpecs
{
    private const string Marker = "# note: ";

    [Theory]
    [InlineData("A=b", "b")]
    [InlineData("  export\tA =  b  ", "b")]
    [InlineData("'A'=b", "b")]
    [InlineData("A=b # comment", "b")]
    [InlineData("A=b#c", "b#c")]
    [InlineData("A=#b", "#b")]
    [InlineData("A=", "")]
    [InlineData("A= \n", "")]
    [InlineData("A='b' # comment", "b")]
    [InlineData("A='b\\'c\\\\d\\n'", "b'c\\d\\n")]
    [InlineData("A=\"b\\\"c\\\\d\\n\\x\"", "b\"c\\d\n\\x")]
    [InlineData("A=\"b\nc\"\nB=d", "b\nc")]
    [InlineData("A=one\nA=two", "two")]
    [InlineData("\uFEFFA=b", "b")]
    [InlineData("A=it's", "it's")]
    [InlineData("A=b\rB=c", "b")]
    public void A_value_is_read_as_python_dotenv_reads_it(string text, string expected) => ValueOf(text).ShouldBe(expected);

    [Theory]
    [InlineData("# A=b")]
    [InlineData("A")]
    [InlineData("A='b")]
    [InlineData("A='b' c")]
    [InlineData("=b")]
    [InlineData("")]
    public void What_is_no_entry_is_passed_over_and_kept(string text)
    {
        using var document = DotenvDocument.Parse(Encoding.UTF8.GetBytes(text));

        document.Names.ShouldBeEmpty();
        Encoding.UTF8.GetString(document.ToArray()).ShouldBe(text);
    }

    [Fact]
    public void Only_the_value_that_is_changed_changes()
    {
        using var document = DotenvDocument.Parse("\n# c\nexport A = 'x' # d\nB=1\nB=2\n"u8);

        document.Put("A", "y z"u8, Marker, "n");
        document.Put("B", "3"u8, Marker, "n");

        Encoding.UTF8.GetString(document.ToArray()).ShouldBe("\n# c\n# note: n\nexport A = 'y z' # d\nB=1\n# note: n\nB=3\n");
        Encoding.UTF8.GetString(document.FindNote("A", Marker)).ShouldBe("n\n");
    }

    [Fact]
    public void Every_entry_of_a_removed_name_goes_with_its_note()
    {
        using var document = DotenvDocument.Parse("A=1\n# note: x\nB=2\n# keep\nB=3"u8);

        document.Remove("B", Marker).ShouldBeTrue();
        document.Remove("B", Marker).ShouldBeFalse();

        Encoding.UTF8.GetString(document.ToArray()).ShouldBe("A=1\n# keep\n");
    }

    private static string ValueOf(string text)
    {
        using var document = DotenvDocument.Parse(Encoding.UTF8.GetBytes(text));
        return Encoding.UTF8.GetString(document.FindValue("A")!);
    }
}
