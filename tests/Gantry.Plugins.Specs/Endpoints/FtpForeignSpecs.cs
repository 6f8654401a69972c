using System.Globalization;
using System.Net;
using System.Text;
using Gantry.Engine.Endpoints;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>Others than the server at the ends of data connections, and servers that send what nobody should swallow.</summary>
public sealed class FtpForeignSpecs
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Somebody_else_who_dials_the_port_for_data_is_turned_away()
    {
        await using MisbehavingFtpServer server = new() { HasIntruder = true };
        await using var endpoint = server.Open(null, ("mode", "active"));

        await endpoint.WriteAsync("file", "content"u8.ToArray());
        await using var stream = await endpoint.OpenReadAsync("file", 0, 7, Token);
        using StreamReader reader = new(stream);

        (await reader.ReadToEndAsync(Token)).ShouldBe("content");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_foreign_host_in_the_answer_to_PASV_is_not_dialled()
    {
        await using MisbehavingFtpServer server = new() { PassiveHost = "192,0,2,1", Answer = (_, line) => line == "EPSV" ? "500 What?\r\n" : null };
        List<string> asked = [];
        await using var endpoint = server.Open((host, _, _) =>
        {
            lock (asked)
            {
                asked.Add(host);
            }

            return ValueTask.FromResult(IPAddress.Parse(host));
        });

        await endpoint.WriteAsync("file", "content"u8.ToArray());

        Encoding.ASCII.GetString(server.Files["/file"]).ShouldBe("content");
        asked.ShouldAllBe(host => host == "127.0.0.1");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_data_port_that_the_rules_do_not_allow_is_not_dialled()
    {
        await using MisbehavingFtpServer server = new();
        server.Files["/file"] = "content"u8.ToArray();
        await using var endpoint = server.Open((_, port, _) => port == server.Port
            ? ValueTask.FromResult(IPAddress.Loopback)
            : throw new EndpointException(EndpointError.BadSetting, "The rules do not allow that."));

        (await Should.ThrowAsync<EndpointException>(() => endpoint.WriteAsync("other", "x"u8.ToArray()))).Message.ShouldContain("rules");
        (await Should.ThrowAsync<EndpointException>(async () => await endpoint.OpenReadAsync("file", 0, 7, Token))).Message.ShouldContain("rules");

        server.DataConnections.ShouldBe(0);
        server.Heard.ShouldNotContain(line => line.StartsWith("STOR", StringComparison.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_banner_of_ten_megabytes_is_refused()
    {
        var line = $"220-{new string('x', 8000)}\r\n";
        await using MisbehavingFtpServer server = new() { Answer = (_, said) => said.Length == 0 ? string.Concat(Enumerable.Repeat(line, 1250)) : null };
        await using var endpoint = server.Open();

        (await Should.ThrowAsync<EndpointException>(async () => await endpoint.FindAsync("x", Token))).Error.ShouldBe(EndpointError.Protocol);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_NUL_in_a_reply_is_shown_as_text_and_reaches_no_path()
    {
        await using MisbehavingFtpServer server = new();
        server.Answer = (_, line) => line == "PWD" ? "257 \"/a\0b\"\r\n" : line.StartsWith("DELE", StringComparison.Ordinal) ? "550 Permission\0denied\r\n" : null;
        server.Files["/x"] = new byte[1];
        await using var endpoint = server.Open();
        await using var below = server.Open(null, ("path", "~/"));

        (await Should.ThrowAsync<EndpointException>(async () => await endpoint.DeleteFileAsync("x", Token))).Message.ShouldNotContain('\0');
        (await Should.ThrowAsync<EndpointException>(async () => await below.DeleteFileAsync("x", Token))).Error.ShouldBe(EndpointError.BadPath);
        server.Heard.ShouldNotContain(line => line.Contains('\0'));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("MLST type*;size*;modify*;", "type=file;size=1;modify=20260102030405; file{0}")]
    [InlineData("MDTM", "-rw-r--r-- 1 o g 1 Mar 04  2021 file{0}")]
    [InlineData("SIZE", "03-04-21  10:00AM  1 file{0}")]
    public async Task The_first_of_100_000_names_comes_before_the_last_is_sent(string feature, string line)
    {
        TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using MisbehavingFtpServer server = new()
        {
            Features = $"211-Features:\r\n {feature}\r\n211 End\r\n",
            Listing = string.Concat(Enumerable.Range(0, 100_000).Select(number => string.Format(CultureInfo.InvariantCulture, line, number) + "\r\n")),
            HalfListed = first.Task,
        };
        await using var endpoint = server.Open();
        var count = 0;

        await foreach (var entry in endpoint.ListAsync("", Token))
        {
            first.TrySetResult();
            count++;
        }

        count.ShouldBe(100_000);
    }

    /// <summary>Of a file LIST tells that file, which is not a folder with itself in it.</summary>
    [Theory(Timeout = 120_000)]
    [InlineData("drwxr-xr-x 2 o g 1 Mar 04  2021 .\r\n")]
    [InlineData("")]
    public async Task A_file_is_no_folder_where_LIST_tells_the_file_itself(string itself)
    {
        await using MisbehavingFtpServer server = new()
        {
            Features = "211-Features:\r\n SIZE\r\n211 End\r\n",
            Listing = itself + "-rw-r--r-- 1 o g 1 Mar 04  2021 file\r\n",
        };
        server.Files["/file"] = new byte[1];
        await using var endpoint = server.Open();
        var before = await endpoint.ListAsync("", Token).ToListAsync(Token);

        server.Listing = "-rw-r--r-- 1 o g 1 Mar 04  2021 file\r\n";

        before.ShouldHaveSingleItem();
        (await Should.ThrowAsync<EndpointException>(async () => await endpoint.ListAsync("file", Token).ToListAsync(Token))).Error.ShouldBe(EndpointError.NotAFolder);
        (await Should.ThrowAsync<EndpointException>(async () => await endpoint.ListAsync("nothing", Token).ToListAsync(Token))).Error.ShouldBe(EndpointError.NotFound);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(true, "00README.TXT;1      2 30-DEC-1996 17:44 [SYSTEM] (RWED,RWED,RE,RE)")]
    [InlineData(true, "- [R----F--] rhesus             214059       Oct 20 15:27    cx.exe")]
    [InlineData(true, "?????????? ? ? ? ? ? lost")]
    [InlineData(false, "size=1;modify=20260102030405; untyped")]
    [InlineData(false, "nonsense")]
    public async Task A_line_that_is_not_understood_is_told_and_no_file_is_missed(bool isPlain, string line)
    {
        await using MisbehavingFtpServer server = new() { Listing = isPlain ? $"-rw-r--r-- 1 o g 1 Mar 04  2021 good\r\n{line}\r\n" : $"type=file;size=1; good\r\n{line}\r\n" };
        server.Features = isPlain ? "211-Features:\r\n SIZE\r\n211 End\r\n" : server.Features;
        await using var endpoint = server.Open();

        var failure = await Should.ThrowAsync<EndpointException>(async () => await endpoint.ListAsync("", Token).ToListAsync(Token));

        (failure.Error, failure.Message.Contains("not understood", StringComparison.Ordinal)).ShouldBe((EndpointError.Protocol, true));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_sum_and_the_folder_itself_are_no_names()
    {
        await using MisbehavingFtpServer server = new()
        {
            Features = "211-Features:\r\n SIZE\r\n211 End\r\n",
            Listing = "insgesamt 8\r\ndrwxr-xr-x 2 o g 1 Mar 04  2021 .\r\ndrwxr-xr-x 2 o g 1 Mar 04  2021 ..\r\n\r\n-rw-r--r-- 1 o g 1 Mar 04  2021 good\r\n",
        };
        await using var endpoint = server.Open();

        (await endpoint.ListAsync("", Token).ToListAsync(Token)).ShouldHaveSingleItem().Name.ShouldBe("good");
    }
}
