using Gantry.Engine.Secrets;
using Gantry.Plugins;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.SecretStores;

public sealed class EnvironmentSecretStoreSpecs : SecretStoreContract
{
    private readonly Dictionary<string, string> variables = new(StringComparer.Ordinal) { ["PATH"] = "/bin", ["CRED_"] = "nameless" };

    [Theory]
    [InlineData("ftp.password", "CRED_ftp_password")]
    [InlineData("ftp.password", "CRED_FTP_PASSWORD")]
    public async Task A_name_is_found_in_its_own_case_or_in_upper_case(string name, string variable)
    {
        variables[variable] = "value";

        (await Store.FindAsync([name], Token))[name].Value.Reveal().ShouldBe("value");
    }

    [Fact]
    public async Task The_refusal_to_store_names_the_variable_to_set()
    {
        var refusal = await Should.ThrowAsync<SecretStoreException>(async () => await Store.PutAsync([Write("my.name", "v4lue")], Token));

        refusal.Message.ShouldContain("CRED_my_name");
        refusal.Message.ShouldNotContain("v4lue");
    }

    [Theory]
    [InlineData("")]
    [InlineData("A B")]
    [InlineData("A=")]
    public void A_prefix_that_is_none_is_refused(string prefix) =>
        Should.Throw<SecretStoreException>(() => Open(new() { ["prefix"] = prefix })).Error.ShouldBe(SecretStoreError.BadSetting);

    protected override Task<ISecretStore> OpenAsync() => Task.FromResult(Open([]));

    protected override Task<ISecretStore> OpenAgainAsync() => OpenAsync();

    protected override Task GivenAsync(string name, string value)
    {
        variables["CRED_" + name] = value;
        return Task.CompletedTask;
    }

    private ISecretStore Open(Dictionary<string, string> settings) => new SecretStoreCatalog(AllPlugins.SecretStores).Open(
        new() { Kind = "env", Values = settings },
        new() { ReadVariable = name => variables.GetValueOrDefault(name), VariableNames = () => variables.Keys, Folder = "/" });
}
