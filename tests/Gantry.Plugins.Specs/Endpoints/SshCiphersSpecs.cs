using Gantry.Plugins.Endpoints.Sftp;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>Which cipher comes first, unless a configuration says something about ciphers itself.</summary>
public sealed class SshCiphersSpecs : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("Host x\n  User y\n", true)]
    [InlineData("Host x\n# Ciphers are discussed here\n", true)]
    [InlineData("Host x\n\tCIPHERS aes256-ctr", false)]
    [InlineData("ciphers=aes256-ctr\n", false)]
    [InlineData("Host x\r\nCiphers aes256-ctr\r\n", false)]
    [InlineData("Include other\n", true)]
    [InlineData("include \"with\"\n", false)]
    [InlineData("Include other wi*\n", false)]
    [InlineData("Include %h\n", false)]
    [InlineData("", false)]
    public void A_configuration_that_may_mention_ciphers_is_left_alone(string text, bool isPut)
    {
        File.WriteAllText(Path.Combine(folder.Path, "other"), "Host z\n");
        File.WriteAllText(Path.Combine(folder.Path, "with"), "Host z\n Ciphers aes256-ctr\n");
        var file = Path.Combine(folder.Path, "config");
        File.WriteAllText(file, text);

        (SshCiphers.Choose(LoginWith(file)) is not null).ShouldBe(isPut && HasAes);
    }

    [Fact]
    public void A_file_that_is_not_there_says_nothing()
    {
        (SshCiphers.Choose(LoginWith(Path.Combine(folder.Path, "none"))) is not null).ShouldBe(HasAes);
        (SshCiphers.Choose(LoginWith(null)) is not null).ShouldBe(HasAes);
    }

    private static bool HasAes => System.Runtime.Intrinsics.X86.Aes.IsSupported || System.Runtime.Intrinsics.Arm.Aes.IsSupported;

    private static SshLogin LoginWith(string? file) => new() { Server = "sftp://x", Host = "x", ConfigFile = file };
}
