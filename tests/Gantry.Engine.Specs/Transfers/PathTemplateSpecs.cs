using Gantry.Engine.Endpoints;
using Gantry.Engine.Endpoints.Limits;
using Gantry.Engine.Transfers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Transfers;

public sealed class PathTemplateSpecs
{
    private static readonly TemplateValues values = new(new DateTimeOffset(2026, 1, 31, 23, 5, 9, TimeSpan.Zero), TimeZoneInfo.Utc, "0197-exec");

    private readonly TransferStage stage = new();

    [Theory]
    [InlineData("/srv/{year}/{month}/{day}", "/srv/2026/01/31", null)]
    [InlineData("web:in/{timestamp}", "web:in/20260131-230509", null)]
    [InlineData("/srv/{hour}{minute}{second}", "/srv/230509", null)]
    [InlineData("/srv/{date:yyyy-MM-dd}/x", "/srv/2026-01-31/x", null)]
    [InlineData("/srv/{date:yyyy/MM}/{execution}", "/srv/2026/01/0197-exec", null)]
    [InlineData("/srv/{date:yyyy-MM-ddTHHmm}", "/srv/2026-01-31T2305", null)]
    [InlineData("/srv/{date:d}", "/srv/31", null)]
    [InlineData("sftp://host/srv/{date:yyyy MM}", "sftp://host/srv/2026%2001", null)]
    [InlineData("/srv/{{year}}", "/srv/{year}", null)]
    [InlineData("/srv/plain", "/srv/plain", null)]
    [InlineData("/srv/{year}/{filename}", "/srv/2026/", "{filename}")]
    [InlineData("/srv/{year}/a-{basename}/{filename}", "/srv/2026/", "a-{basename}/{filename}")]
    [InlineData("web:{filename}", "web:", "{filename}")]
    [InlineData("{basename}.{extension}", ".", "{basename}.{extension}")]
    [InlineData("/{{x}}/{filename}", "/{x}/", "{filename}")]
    [InlineData("/srv/{{x}}-{filename}", "/srv/", "{{x}}-{filename}")]
    [InlineData("s3://bucket/in/{source.dir}/{filename}?region=x", "s3://bucket/in/?region=x", "{source.dir}/{filename}")]
    public void An_address_becomes_what_is_opened_and_what_names_each_file(string address, string opened, string? files)
    {
        var (actual, template) = AddressTemplate.Resolve(address, values);

        (actual, template?.Text).ShouldBe((opened, files));
    }

    [Fact]
    public void Times_go_by_the_clocks_of_the_zone()
    {
        var berlin = values with { Zone = LimitSettings.ZoneOf("Europe/Berlin") };

        AddressTemplate.Resolve("/srv/{year}-{month}-{day}T{hour}", berlin).Address.ShouldBe("/srv/2026-02-01T00");
    }

    [Theory]
    [InlineData("/srv/{yaer}", "{year}")]
    [InlineData("/srv/{}", "not known")]
    [InlineData("/srv/{YEAR}", "not known")]
    [InlineData("/srv/{date:}", "form")]
    [InlineData("/srv/{date:evil'format}", "form")]
    [InlineData("/srv/{date:dddd, d. MMMM 'at' HH}", "form")]
    [InlineData("/srv/{year", "'{{'")]
    [InlineData("/srv/year}", "'}}'")]
    [InlineData("s3://{filename}/x", "outside of the path")]
    [InlineData("s3://bucket/x?region={filename}", "outside of the path")]
    public void What_is_not_known_is_an_error_that_says_what_is(string address, string said)
    {
        var failure = Should.Throw<EndpointException>(() => AddressTemplate.Resolve(address, values));

        failure.Error.ShouldBe(EndpointError.BadSetting);
        failure.Message.ShouldContain(said);
    }

    [Fact]
    public void An_execution_is_asked_for_only_where_there_is_one() =>
        Should.Throw<EndpointException>(() => AddressTemplate.Resolve("/srv/{execution}", values with { Execution = null })).Message.ShouldContain("no execution");

    [Fact]
    public async Task Each_file_gets_its_place_by_the_template()
    {
        await stage.PutSourceAsync("a.tar.gz", "1");
        await stage.PutSourceAsync("in/deep/b.txt", "2");
        await stage.PutSourceAsync("in/README", "3");
        await stage.PutSourceAsync(".htaccess", "4");

        var result = await RunAsync("by/{extension}/{source.dir}/{basename}-x.{extension}");

        result.IsSuccess.ShouldBeTrue();
        (await FilesAsync()).ShouldBe(["by/.htaccess-x=4", "by/gz/a.tar-x.gz=1", "by/in/README-x=3", "by/txt/in/deep/b-x.txt=2"]);
        var second = await RunAsync("by/{extension}/{source.dir}/{basename}-x.{extension}");
        (second.Copied, second.Skipped, second.IsSuccess).ShouldBe((0, 4, true));
    }

    [Fact]
    public async Task A_template_that_ends_as_a_folder_keeps_the_names()
    {
        await stage.PutSourceAsync("in/a.txt", "1");
        await stage.PutSourceAsync("b.jpg", "2");

        (await RunAsync("{extension}/")).IsSuccess.ShouldBeTrue();

        (await FilesAsync()).ShouldBe(["jpg/b.jpg=2", "txt/a.txt=1"]);
    }

    [Fact]
    public async Task Two_files_that_would_get_one_name_are_told_and_never_merged()
    {
        await stage.PutSourceAsync("a/x.txt", "1");
        await stage.PutSourceAsync("b/x.txt", "2");

        var result = await RunAsync("{filename}");

        (result.Copied, result.Failed).ShouldBe((1, 1));
        result.Failures[0].Reason.ShouldContain("{source.dir}");
        (await FilesAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Names_that_differ_in_case_only_are_one_to_a_target_that_says_so()
    {
        await stage.PutSourceAsync("a/x.txt", "1");
        await stage.PutSourceAsync("b/X.txt", "2");
        stage.Target.Capabilities = stage.Target.Capabilities with { NamesIgnoreCase = true };

        var result = await RunAsync("{filename}");

        (result.Copied, result.Failed).ShouldBe((1, 1));
    }

    [Theory]
    [InlineData("{basename}/{filename}", "...txt")]
    [InlineData("..{extension}/{filename}", "README")]
    public async Task No_name_leads_out_of_the_target(string template, string name)
    {
        await stage.PutSourceAsync(name, "1");
        await stage.PutSourceAsync("good.txt", "2");

        var result = await RunAsync(template);

        (result.Copied, result.Failed).ShouldBe((1, 1));
        result.Failures[0].Path.ShouldBe(name);
    }

    [Fact]
    public async Task A_move_by_a_template_leaves_no_empty_folder()
    {
        await stage.PutSourceAsync("in/a.txt", "1");
        await stage.PutSourceAsync("in/deep/b.txt", "2");

        var result = await RunAsync("{source.dir}-{filename}", request => request with { Mode = TransferMode.Move });

        result.Failures.ShouldBeEmpty();
        (await stage.SourceTreeAsync()).ShouldBeEmpty();
        (await FilesAsync()).ShouldBe(["in-a.txt=1", "in/deep-b.txt=2"]);
    }

    [Fact]
    public async Task A_single_file_is_named_by_it_as_well()
    {
        await stage.PutSourceAsync("in/a.txt", "1");

        await RunAsync("{basename}-x.{extension}", request => request with { Sources = [new TransferSource { Endpoint = stage.Source, Path = "in/a.txt" }] });

        (await FilesAsync()).ShouldBe(["a-x.txt=1"]);
    }

    [Fact]
    public async Task The_name_that_a_source_keeps_begins_its_folder()
    {
        await stage.PutSourceAsync("in/deep/a.txt", "1");

        await RunAsync(
            "{source.dir}/{filename}", request => request with { Sources = [new TransferSource { Endpoint = stage.Source, Path = "in", KeepName = true }] });

        (await FilesAsync()).ShouldBe(["in/deep/a.txt=1"]);
    }

    [Fact]
    public async Task A_sync_takes_no_template()
    {
        var failure = await Should.ThrowAsync<EndpointException>(() => RunAsync("{filename}", request => request with { Mode = TransferMode.Sync }));

        failure.Error.ShouldBe(EndpointError.BadSetting);
    }

    private Task<TransferResult> RunAsync(string template, Func<TransferRequest, TransferRequest>? change = null) => stage.RunAsync(request =>
        (change?.Invoke(request) ?? request) with { Target = new TransferTarget { Endpoint = stage.Target, Files = PathTemplate.Parse(template) } });

    private async Task<IReadOnlyList<string>> FilesAsync() => [.. (await stage.TargetTreeAsync()).Where(line => !line.EndsWith('/'))];
}
