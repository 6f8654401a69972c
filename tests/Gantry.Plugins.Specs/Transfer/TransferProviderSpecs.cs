using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers;
using Gantry.Engine.Secrets;
using Gantry.Engine.Settings;
using Gantry.Plugins.Providers.Transfer;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Transfer;

public sealed class TransferProviderSpecs : IDisposable
{
    private readonly TransferProvider provider = new();
    private readonly TemporaryFolder folder = new();
    private readonly StepTold told = new();

    [Fact]
    public async Task A_copy_tells_its_counts_and_its_progress()
    {
        Put("from/a", "1");
        Put("from/in/b", "22");

        var result = await RunAsync("copy", """{"from": "@/from", "to": "@/to"}""");

        result.IsSuccess.ShouldBeTrue();
        result.Output!.Value.GetProperty("copied").GetInt32().ShouldBe(2);
        result.Output!.Value.GetProperty("bytes").GetInt32().ShouldBe(3);
        result.Message.ShouldBe("2 copied (3 B), 0 unchanged.");
        File.ReadAllText(PathOf("to/in/b")).ShouldBe("22");
        told.Reports[^1].GetProperty("files_done").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task A_copy_that_is_repeated_removes_what_the_attempt_before_left_and_sends_nothing_twice()
    {
        Put("from/a", "1");
        await RunAsync("copy", """{"from": "@/from", "to": "@/to"}""");
        var transferId = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("key"u8))[..20];
        Put("to/" + PartialName.Of("b", 5, null, transferId + "zzzzzzzzzz1"), "half");
        var stranger = PartialName.Of("b", 5, null, "anothertransfer");
        Put("to/" + stranger, "half");

        var result = await RunAsync("copy", """{"from": "@/from", "to": "@/to"}""");

        result.Output!.Value.GetProperty("skipped").GetInt32().ShouldBe(1);
        Directory.GetFiles(PathOf("to")).Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe([stranger, "a"]);
    }

    [Fact]
    public async Task A_sync_deletes_within_its_bound()
    {
        Put("from/a", "1");
        Put("to/b", "1");
        Put("to/c", "1");

        var refused = await RunAsync("sync", """{"from": "@/from", "to": "@/to", "max_delete": 1}""");
        var done = await RunAsync("sync", """{"from": "@/from", "to": "@/to", "exclude": ["c"]}""");

        refused.Error!.Kind.ShouldBe(ProviderErrorKind.Partial);
        done.Output!.Value.GetProperty("deleted").GetInt32().ShouldBe(1);
        Directory.GetFiles(PathOf("to")).Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(["a", "c"]);
    }

    [Fact]
    public async Task A_file_is_moved_to_a_new_name()
    {
        Put("a.txt", "1");

        var result = await RunAsync("move", """{"from": "@/a.txt", "to": "@/b.txt"}""");

        result.IsSuccess.ShouldBeTrue();
        File.Exists(PathOf("a.txt")).ShouldBeFalse();
        File.ReadAllText(PathOf("b.txt")).ShouldBe("1");
    }

    [Fact]
    public async Task A_source_that_is_not_there_is_not_found()
    {
        var result = await RunAsync("copy", """{"from": "@/nowhere", "to": "@/to"}""");

        result.Error!.Kind.ShouldBe(ProviderErrorKind.NotFound);
        result.Error.IsTransient.ShouldBeFalse();
        Directory.Exists(PathOf("to")).ShouldBeFalse();
    }

    [Fact]
    public async Task Some_failures_are_a_partial_failure_with_counts_and_reasons()
    {
        Put("from/a", "1");
        Put("from/b", "1");
        Put("to/b/inner", "a folder in the way");

        var result = await RunAsync("copy", """{"from": "@/from", "to": "@/to"}""");

        result.Error!.Kind.ShouldBe(ProviderErrorKind.Partial);
        result.Error.IsTransient.ShouldBeFalse();
        result.Output!.Value.GetProperty("copied").GetInt32().ShouldBe(1);
        result.Output!.Value.GetProperty("failures")[0].GetProperty("path").GetString().ShouldBe("b");
    }

    [Fact]
    public async Task A_list_tells_names_sizes_and_times()
    {
        Put("from/a.txt", "1");
        Put("from/in/b.txt", "22");
        Put("from/in/c.log", "333");

        var result = await RunAsync("list", """{"from": "@/from", "recursive": true, "include": ["*.txt"]}""");

        var files = result.Output!.Value.GetProperty("files").EnumerateArray().ToDictionary(file => file.GetProperty("path").GetString()!, file => file, StringComparer.Ordinal);
        files.Keys.Order(StringComparer.Ordinal).ShouldBe(["a.txt", "in", "in/b.txt"]);
        files["in/b.txt"].GetProperty("size").GetInt32().ShouldBe(2);
        files["in/b.txt"].TryGetProperty("modified_at", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task A_list_ends_at_its_limit_and_says_so()
    {
        Put("from/a", "1");
        Put("from/b", "1");

        var result = await RunAsync("list", """{"from": "@/from", "limit": 1}""");

        result.Output!.Value.GetProperty("count").GetInt32().ShouldBe(1);
        result.Output!.Value.GetProperty("truncated").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task A_delete_takes_what_is_selected_and_may_be_repeated()
    {
        Put("from/a.txt", "1");
        Put("from/in/b.txt", "1");
        Put("from/in/c.log", "1");

        var result = await RunAsync("delete", """{"from": "@/from", "include": ["*.txt"]}""");
        var again = await RunAsync("delete", """{"from": "@/from", "include": ["*.txt"]}""");
        var file = await RunAsync("delete", """{"from": "@/from/in/c.log"}""");
        var nothing = await RunAsync("delete", """{"from": "@/from/in/c.log"}""");

        result.Output!.Value.GetProperty("deleted").GetInt32().ShouldBe(2);
        again.Output!.Value.GetProperty("deleted").GetInt32().ShouldBe(0);
        file.IsSuccess.ShouldBeTrue();
        nothing.IsSuccess.ShouldBeTrue();
        Directory.GetFileSystemEntries(PathOf("from"), "*", SearchOption.AllDirectories).ShouldBe([PathOf("from/in")]);
    }

    [Fact]
    public void Every_action_describes_its_parameters_in_sentences()
    {
        foreach (var action in provider.Actions)
        {
            action.Help.ShouldEndWith(".");
            action.Parameters.Select(parameter => parameter.Name).ShouldBeUnique();
            action.Parameters.ShouldAllBe(parameter => parameter.Help.EndsWith('.'));
            action.Parameters.Where(parameter => parameter.Default is not null)
                .ShouldAllBe(parameter => SettingCheck.Mismatch(parameter, parameter.Default!.Value) == null);
        }
    }

    public void Dispose() => folder.Dispose();

    private Task<ProviderResult> RunAsync(string action, string parameters)
    {
        var findings = new List<SettingFinding>();
        var described = provider.Actions.Single(candidate => candidate.Id == action);
        var complete = SettingCheck.Complete(
            described.Parameters, JsonElement.Parse(parameters.Replace("@", folder.Path, StringComparison.Ordinal)), findings);
        findings.ShouldBeEmpty();
        return RunAsync(new ProviderCall
        {
            Action = action,
            Parameters = complete,
            Secrets = new StoredSecrets(),
            Endpoints = new LocalOpener(),
            IdempotencyKey = "key",
            Log = told,
        });
    }

    private async Task<ProviderResult> RunAsync(ProviderCall call)
    {
        try
        {
            return await provider.RunAsync(call, TestContext.Current.CancellationToken);
        }
        catch (EndpointException exception)
        {
            return ProviderResult.Failure(ProviderFailure.Describe(exception, isCancelled: false));
        }
    }

    private string PathOf(string path) => Path.Combine(folder.Path, path);

    private void Put(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
        File.WriteAllText(PathOf(path), content);
    }

    private sealed class LocalOpener : IEndpointOpener
    {
        public ValueTask<IEndpoint> OpenAsync(string address, CancellationToken cancellationToken) => ValueTask.FromResult(
            AllPlugins.Endpoints.Open(AllPlugins.Endpoints.Parse(address)!, new EndpointContext { Secrets = new StoredSecrets() }));
    }

    private sealed class StepTold : IStepLog
    {
        public List<JsonElement> Reports { get; } = [];

        public void Write(StepLogLevel level, string message, JsonElement? fields = null)
        {
        }

        public void Report(JsonElement progress)
        {
            lock (Reports)
            {
                Reports.Add(progress);
            }
        }
    }
}
