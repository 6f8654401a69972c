using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.Ftp;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>Lines of listings as servers write them.</summary>
public sealed class FtpListingSpecs
{
    private static readonly FtpPlainList parser = new(new DateTimeOffset(2026, 3, 10, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("-rw-r--r--    1 1000     1000         1024 Mar 04 05:06 a file", EntryKind.File, "a file", 1024, "2026-03-04T05:06")]
    [InlineData("-rw-r--r--    1 1000     1000         1024 Dec 31 23:59 last year", EntryKind.File, "last year", 1024, "2025-12-31T23:59")]
    [InlineData("-rw-r--r--    1 1000     1000         1024 Mar 04  2021  leading", EntryKind.File, " leading", 1024, "2021-03-04T00:00")]
    [InlineData("-rw-r--r-- 1 first last group of 5000000000 Feb 29  2024 x", EntryKind.File, "x", 5000000000, "2024-02-29T00:00")]
    [InlineData("-rw-r--r-- 1 owner 17 4 Mar 2021 day first", EntryKind.File, "day first", 17, "2021-03-04T00:00")]
    [InlineData("-rw-r--r-- 1 o g 17 2021-03-04 05:06 iso", EntryKind.File, "iso", 17, "2021-03-04T05:06")]
    [InlineData("drwxr-xr-x    2 0        0            4096 Mar 04 05:06 folder ", EntryKind.Folder, "folder ", 0, "2026-03-04T05:06")]
    [InlineData("crw-rw-rw-    1 0        0          1,   3 Mar 04 05:06 null", EntryKind.Other, "null", 0, "2026-03-04T05:06")]
    [InlineData("prw-r--r--    1 0        0               0 Mar 04 05:06 pipe", EntryKind.Other, "pipe", 0, "2026-03-04T05:06")]
    [InlineData("10-23-12  04:45PM       <DIR>          web site", EntryKind.Folder, "web site", 0, "2012-10-23T16:45")]
    [InlineData("10-23-2012  12:05AM                 1,024 index.html", EntryKind.File, "index.html", 1024, "2012-10-23T00:05")]
    [InlineData("2012-10-23  16:45                 1024  leading", EntryKind.File, " leading", 1024, "2012-10-23T16:45")]
    [InlineData("+i8388621.48594,m825718503,r,s280,\tdjb.html", EntryKind.File, "djb.html", 280, "1996-03-01T22:15")]
    [InlineData("+i8388621.50690,m824255907,/,\t514", EntryKind.Folder, "514", 0, "1996-02-13T23:58")]
    public void A_line_of_LIST_tells_an_entry(string line, EntryKind kind, string name, long size, string time)
    {
        var entry = parser.Parse(line).ShouldNotBeNull();

        (entry.Kind, entry.Name, entry.Size).ShouldBe((kind, name, size));
        entry.ModifiedAt!.Value.ToString("yyyy-MM-ddTHH:mm").ShouldBe(time);
    }

    [Theory]
    [InlineData("lrwxrwxrwx    1 0        0               6 Mar 04 05:06 link -> target", "link", "target")]
    [InlineData("lrwxrwxrwx    1 0        0               1 Mar 04 05:06 a -> b -> c", "a -> b", "c")]
    [InlineData("lrwxrwxrwx    1 0        0               6 Mar 04 05:06 a -> b -> c", "a", "b -> c")]
    public void A_link_tells_where_it_points(string line, string name, string target)
    {
        var entry = parser.Parse(line).ShouldNotBeNull();

        (entry.Kind, entry.Name, entry.LinkTarget, entry.Size).ShouldBe((EntryKind.SymbolicLink, name, target, 0));
    }

    [Theory]
    [InlineData("-rwsr-x--T", 0xBE8)]
    [InlineData("-rw-r--r--", 0x1A4)]
    [InlineData("-rwxrwsrwt", 0x7FF)]
    public void Modes_are_read(string mode, int expected) =>
        parser.Parse($"{mode} 1 o g 1 Mar 04 05:06 x")!.UnixMode.ShouldBe(expected);

    [Theory]
    [InlineData("")]
    [InlineData("total 12")]
    [InlineData("drwxr-xr-x 2 0 0 4096 Mar 04 05:06 .")]
    [InlineData("drwxr-xr-x 2 0 0 4096 Mar 04 05:06 ..")]
    [InlineData("-rw-r--r-- 1 o g 1 Mar 32 05:06 x")]
    [InlineData("-rw-r--r-- 1 o g 1 Feb 30  2021 x")]
    [InlineData("no listing at all")]
    [InlineData("99-99-99  99:99PM 1 x")]
    public void Other_lines_tell_nothing(string line) => parser.Parse(line).ShouldBeNull();

    [Theory]
    [InlineData("", true)]
    [InlineData("   ", true)]
    [InlineData("\t", true)]
    [InlineData("total 12", true)]
    [InlineData("total 4.0K", true)]
    [InlineData("total: 12", true)]
    [InlineData("insgesamt 12", true)]
    [InlineData("итого 12", true)]
    [InlineData("total of 12", true)]
    [InlineData(" Volume in drive C is SYSTEM", true)]
    [InlineData(" Volume Serial Number is 12AB-34CD", true)]
    [InlineData(@" Directory of C:\inetpub\ftproot", true)]
    [InlineData("               3 File(s)          1,024 bytes", true)]
    [InlineData("               2 Dir(s)   9,999,999,999 bytes free", true)]
    [InlineData("     Total Files Listed:", true)]
    [InlineData("drwxr-xr-x 2 0 0 4096 Mar 04 05:06 .", true)]
    [InlineData("-rw-r--r-- 1 o g 1 Mar 32 05:06 x", false)]
    [InlineData("-rw-r--r-- 1 o g 1 xyz 4 05:06 x", false)]
    [InlineData("-rw-r--r-- 12", false)]
    [InlineData("no listing at all", false)]
    [InlineData("Directory is locked", false)]
    [InlineData("a.txt 12", false)]
    [InlineData("99-99-99  99:99PM 1 x", false)]
    public void Only_lines_that_cannot_be_a_file_are_passed_over(string line, bool isPassedOver)
    {
        parser.Parse(line).ShouldBeNull();
        parser.IsNoEntry(line).ShouldBe(isPassedOver);
    }

    [Theory]
    [InlineData("type=file;size=12;modify=20260102030405.678; a name ", EntryKind.File, "a name ", 12)]
    [InlineData("Type=dir;Sizd=4096;modify=20260102030405; folder", EntryKind.Folder, "folder", 0)]
    [InlineData("type=OS.unix=slink:/target;size=7; link", EntryKind.SymbolicLink, "link", 0)]
    [InlineData("type=OS.unix=chr-1/3; null", EntryKind.Other, "null", 0)]
    public void A_line_of_MLSD_tells_an_entry(string line, EntryKind kind, string name, long size)
    {
        var entry = FtpMachineList.Parse(line).ShouldNotBeNull();

        (entry.Kind, entry.Name, entry.Size).ShouldBe((kind, name, size));
    }

    [Theory]
    [InlineData("type=cdir;modify=20260102030405; .")]
    [InlineData("type=pdir; ..")]
    [InlineData("size=1; untyped")]
    [InlineData("nonsense")]
    public void Other_lines_of_MLSD_tell_nothing(string line) => FtpMachineList.Parse(line).ShouldBeNull();

    [Theory]
    [InlineData(229, "Entering Extended Passive Mode (|||6446|)", 6446)]
    [InlineData(229, "Extended (!!!65535!)", 65535)]
    [InlineData(229, "Extended (|||0|)", null)]
    [InlineData(229, "Extended (|||65536|)", null)]
    [InlineData(229, "nothing", null)]
    [InlineData(227, "Entering Passive Mode (10,0,0,1,4,1).", 1025)]
    [InlineData(227, "Entering Passive Mode 10,0,0,1,255,255", 65535)]
    [InlineData(227, "Entering Passive Mode (10,0,0,1,256,1)", null)]
    [InlineData(227, "Entering Passive Mode (1,2,3)", null)]
    [InlineData(500, "(|||6446|)", null)]
    public void The_port_for_data_is_read(int code, string text, int? port) => FtpPassivePort.PortIn(new FtpReply(code, [text])).ShouldBe(port);

    [Theory]
    [InlineData("ftp://user@host:2121/a/b", "host", "2121", "user", "/a/b", null)]
    [InlineData("ftp://host", "host", null, null, null, null)]
    [InlineData("ftp://host/~/a b?tls=explicit", "host", null, null, "~/a b", "explicit")]
    [InlineData("ftp://host/what?", "host", null, null, "/what?", null)]
    [InlineData("ftp://[::1]:21/x", "::1", "21", null, "/x", null)]
    public void Addresses_are_read_and_written_again(string address, string host, string? port, string? user, string? path, string? tls)
    {
        var settings = FtpKind.Ftp.Parse(address).ShouldNotBeNull();

        (settings.Find("host"), settings.Find("port"), settings.Find("user"), settings.Find("path"), settings.Find("tls")).ShouldBe((host, port, user, path, tls));
        FtpKind.Ftp.Parse(FtpKind.Ftp.Format(settings))!.Find("path").ShouldBe(path);
    }

    [Theory]
    [InlineData("ftp://user:secret@host/x")]
    [InlineData("ftp://host/x?tsl=explicit")]
    [InlineData("ftp://host/x?password=y")]
    [InlineData("ftp://host/x?tls=maybe")]
    [InlineData("ftp://host/x?connections=0")]
    [InlineData("ftp://ho st/x")]
    public void Addresses_that_cannot_be_meant_are_refused(string address)
    {
        var failure = Should.Throw<EndpointException>(() => FtpKind.Ftp.Parse(address));

        failure.Error.ShouldBe(EndpointError.BadSetting);
        failure.Message.ShouldNotContain("secret");
    }
}
