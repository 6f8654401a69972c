using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Gantry.Engine.Providers;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers.Manifests;

/// <summary>Answers that are files and have no place named: kept as they are, with a name that leads nowhere.</summary>
public sealed class FileAnswerSpecs
{
    private const string Actions = """
        auth: [{kind: none}]
        errors: {when: "${answer.ok == false}", message: [error]}
        actions:
          download: {help: "Downloads.", call: GET /file, response: {decode: file}}
          get_any: {help: "Gets.", call: GET /any}
        """;

    [Fact]
    public async Task A_file_without_a_place_is_kept_byte_for_byte_and_is_nowhere_in_the_output()
    {
        var content = RandomNumberGenerator.GetBytes(3_000_001);
        await using var stage = await StartAsync(content, "audio/mpeg", null);

        var output = await stage.RunAsync("download");

        var kept = output!["file"]!.GetValue<string>();
        (await File.ReadAllBytesAsync(kept)).ShouldBe(content);
        (output["name"]!.GetValue<string>(), output["content_type"]!.GetValue<string>(), output["size"]!.GetValue<long>()).ShouldBe(("file.mp3", "audio/mpeg", content.Length));
        output["sha256"]!.GetValue<string>().ShouldBe(Convert.ToHexStringLower(SHA256.HashData(content)));
        output.ToJsonString().Length.ShouldBeLessThan(500);
        Delete(kept);
    }

    [Theory]
    [InlineData("application/zip")]
    [InlineData("image/png")]
    [InlineData(null)]
    public async Task What_is_no_text_is_a_file_although_the_manifest_does_not_say_so(string? type)
    {
        byte[] content = [0x89, 0x50, 0xFF, 0xFE, 0x00, 0xC3];
        await using var stage = await StartAsync(content, type, null);

        var output = await stage.RunAsync("get_any");

        var kept = output!["file"]!.GetValue<string>();
        (await File.ReadAllBytesAsync(kept)).ShouldBe(content);
        Delete(kept);
    }

    [Theory]
    [InlineData("attachment; filename=\"../../etc/passwd\"", "passwd")]
    [InlineData("attachment; filename=\"C:\\\\Users\\\\x\\\\a.pdf\"", "a.pdf")]
    [InlineData("attachment; filename*=UTF-8''J%C3%BCrgen%20%E2%80%AEfdp.exe", "Jürgen fdp.exe")]
    [InlineData("attachment; filename=\"..\"", "file.pdf")]
    [InlineData("attachment; filename=\"\"", "file.pdf")]
    [InlineData("inline", "file.pdf")]
    [InlineData("nonsense;;=", "file.pdf")]
    public async Task The_name_that_a_vendor_gives_is_one_name_and_reads_as_what_it_is(string disposition, string expected)
    {
        await using var stage = await StartAsync([1, 2, 3], "application/pdf", disposition);

        var output = await stage.RunAsync("download");

        output!["name"]!.GetValue<string>().ShouldBe(expected);
        Path.GetFileName(output["file"]!.GetValue<string>()).ShouldBe(expected);
        Delete(output["file"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_name_that_is_too_long_keeps_what_says_its_kind()
    {
        await using var stage = await StartAsync([1], "application/pdf", $"attachment; filename=\"{new string('x', 2_000)}.pdf\"");

        var name = (await stage.RunAsync("download"))!["name"]!.GetValue<string>();

        Encoding.UTF8.GetByteCount(name).ShouldBeLessThan(256);
        name.ShouldEndWith("x.pdf");
    }

    [Fact]
    public async Task An_error_that_comes_in_place_of_a_file_is_an_error()
    {
        await using var stage = await StartAsync("""{"ok": false, "error": "The file is not ready."}"""u8.ToArray(), "application/json", null);

        (await stage.FailAsync("download")).Message.ShouldContain("The file is not ready.");
    }

    [Fact]
    public async Task A_file_of_json_is_a_file()
    {
        var content = """{ "ok":  true }"""u8.ToArray();
        await using var stage = await StartAsync(content, "application/json", null);

        var output = await stage.RunAsync("download");

        (await File.ReadAllBytesAsync(output!["file"]!.GetValue<string>())).ShouldBe(content);
        output["name"]!.GetValue<string>().ShouldBe("file.json");
    }

    [Fact]
    public async Task A_folder_on_a_server_gets_a_name_as_its_address_takes_it()
    {
        await using var stage = await StartAsync([1, 2], "application/pdf", "attachment; filename=\"50% a?b.pdf\"");

        var output = await stage.RunAsync("download", """{"save_to": "sftp://host/in/"}""");

        output!["file"]!.GetValue<string>().ShouldBe("sftp://host/in/50%25%20a%3Fb.pdf");
        (await stage.Files.FindAsync("50% a?b.pdf", CancellationToken.None)).ShouldNotBeNull().Size.ShouldBe(2);
    }

    [Fact]
    public async Task Where_nobody_keeps_files_a_place_is_asked_for()
    {
        await using var stage = await StartAsync([1], "application/pdf", null);
        stage.KeptFiles = null;

        var error = await stage.FailAsync("download");

        (error.Kind, error.IsTransient, error.Message.Contains("'save_to'", StringComparison.Ordinal)).ShouldBe((ProviderErrorKind.BadRequest, false, true));
    }

    [Fact]
    public async Task A_file_that_breaks_off_is_not_kept()
    {
        await using var stage = await ManifestStage.StartAsync(Actions, async (_, context) =>
        {
            context.Response.ContentType = "application/pdf";
            context.Response.ContentLength = 1_000_000;
            await context.Response.Body.WriteAsync(new byte[400_000]);
            await context.Response.Body.FlushAsync();
            context.Abort();
        });

        var error = await stage.FailAsync("download");

        (error.Kind, error.IsTransient).ShouldBe((ProviderErrorKind.Unavailable, true));
    }

    private static Task<ManifestStage> StartAsync(byte[] content, string? type, string? disposition) => ManifestStage.StartAsync(Actions, async (_, context) =>
    {
        context.Response.ContentType = type;
        if (disposition is not null)
        {
            context.Response.Headers.ContentDisposition = disposition;
        }

        await context.Response.Body.WriteAsync(content);
    });

    private static void Delete(string kept) => Directory.GetParent(kept)!.Parent!.Delete(recursive: true);
}
