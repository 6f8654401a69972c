using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers.Web;
using Gantry.Plugins.Endpoints.S3;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

public sealed class S3KindSpecs
{
    private static readonly S3Kind kind = new();

    [Theory]
    [InlineData("s3://bucket", "bucket", null, null)]
    [InlineData("s3://bucket/", "bucket", null, null)]
    [InlineData("s3://bucket/a/b/", "bucket", "a/b", null)]
    [InlineData("S3://bucket/a?endpoint=http://127.0.0.1:9000&region=eu-west-1", "bucket", "a", "http://127.0.0.1:9000")]
    [InlineData("s3://bucket/what?.txt", "bucket", "what?.txt", null)]
    [InlineData("s3://bucket/100%25", "bucket", "100%25", null)]
    public void An_address_is_taken_apart(string address, string bucket, string? path, string? endpoint)
    {
        var settings = kind.Parse(address)!;

        (settings.Find("bucket"), settings.Find("path"), settings.Find("endpoint")).ShouldBe((bucket, path, endpoint));
        kind.Parse(kind.Format(settings))!.Values.ShouldBe(settings.Values, ignoreOrder: true);
    }

    [Theory]
    [InlineData("s3://")]
    [InlineData("s3:///key")]
    [InlineData("s3://ab")]
    [InlineData("s3://host:9000/bucket")]
    [InlineData("s3://key:secret@bucket/x")]
    [InlineData("s3://bucket/../x")]
    [InlineData("s3://bucket/a//b")]
    [InlineData("s3://bucket?region=eu west")]
    [InlineData("s3://bucket?endpoint=ftp://host")]
    [InlineData("s3://bucket?endpoint=https://user:secret@host")]
    [InlineData("s3://bucket?part_size=1M")]
    [InlineData("s3://bucket?connections=0")]
    [InlineData("s3://bucket?anonymous=true&profile=x")]
    public void An_address_that_is_none_is_refused(string address)
    {
        var failure = Should.Throw<EndpointException>(() => kind.Parse(address));

        failure.Error.ShouldBe(EndpointError.BadSetting);
        failure.Message.ShouldNotContain("user:secret");
    }

    [Fact]
    public void Others_addresses_are_not_its_own() => kind.Parse("sftp://host/path").ShouldBeNull();

    [Fact]
    public void Where_nobody_is_the_user_keys_are_needed_and_no_profile_is_used()
    {
        EndpointContext hub = new() { Secrets = new GivenSecrets(_ => null) };

        Should.Throw<EndpointException>(() => kind.Open(kind.Parse("s3://bucket")!, hub)).Message.ShouldContain("access_key");
        Should.Throw<EndpointException>(() => kind.Open(kind.Parse("s3://bucket?profile=default")!, hub)).Message.ShouldContain("profile");
        kind.Open(kind.Parse("s3://bucket?anonymous=true")!, hub).Address.ShouldBe("s3://bucket?anonymous=true");
    }

    [Theory]
    [InlineData("ca_file", "/nowhere/authorities.pem", null, "cannot be read")]
    [InlineData("ca_file", "authorities.pem", null, "no absolute path")]
    [InlineData("ca", "no certificate", null, "no certificate")]
    [InlineData("ca", "", "http://127.0.0.1:9000", "is for TLS")]
    public void Authorities_that_cannot_be_had_are_told(string name, string value, string? endpoint, string reason)
    {
        var settings = kind.Parse("s3://bucket?anonymous=true")!.With(name, value);
        settings = endpoint is null ? settings : settings.With("endpoint", endpoint);

        var failure = Should.Throw<EndpointException>(() => kind.Open(settings, new EndpointContext { Secrets = new GivenSecrets(_ => null) }));

        failure.Error.ShouldBe(EndpointError.BadSetting);
        failure.Message.ShouldContain(reason);
    }

    [Fact]
    public void A_file_of_the_hubs_machine_vouches_for_nobody_else()
    {
        EndpointContext hub = new() { Secrets = new GivenSecrets(_ => null), LocalRoots = [] };

        var failure = Should.Throw<EndpointException>(() => kind.Open(kind.Parse("s3://bucket?anonymous=true&ca_file=/etc/ssl/certs/ca-certificates.crt")!, hub));

        failure.Message.ShouldContain("give the certificates themselves as the setting 'ca'");
    }

    [Fact]
    public void A_name_of_a_place_leads_below_the_prefix() =>
        kind.Format(new NamedAddress("web", "a/b").Under(kind.Parse("s3://bucket")!)).ShouldBe("s3://bucket/a/b");

    [Fact]
    public void The_secrets_go_to_the_service()
    {
        kind.ServerOf(kind.Parse("s3://bucket?endpoint=http://minio.example.org:9000")!).ShouldBe(("minio.example.org", 9000));
        kind.ServerOf(kind.Parse("s3://bucket?region=eu-west-1")!).ShouldBe(("s3.eu-west-1.amazonaws.com", 443));
    }

    [Fact]
    public async Task Only_where_the_context_lets_it_is_dialled()
    {
        var settings = kind.Parse("s3://bucket?endpoint=http://intern.example.org:9000&anonymous=true")!;
        EndpointContext bounded = new()
        {
            Secrets = new GivenSecrets(_ => null),
            AddressOf = (host, port, _) => throw new EndpointException(EndpointError.PermissionDenied, $"{host}:{port} is not to be reached from here."),
        };
        await using var endpoint = kind.Open(settings, bounded);

        var failure = await Should.ThrowAsync<EndpointException>(async () => await endpoint.FindAsync("", TestContext.Current.CancellationToken));

        failure.Message.ShouldBe("intern.example.org:9000 is not to be reached from here.");
    }

    [Theory]
    [InlineData(0, 8 << 20)]
    [InlineData(100L << 20, 8 << 20)]
    [InlineData(1L << 30, 11 << 20)]
    [InlineData(5L << 30, 32 << 20)]
    [InlineData(S3Parts.FileBytesMax, 525 << 20)]
    public void Parts_grow_so_that_there_are_never_more_than_ten_thousand(long length, int bytes)
    {
        S3Parts.BytesOf(length, S3Parts.BytesDefault).ShouldBe(bytes);

        ((length + bytes - 1) / bytes).ShouldBeLessThanOrEqualTo(S3Parts.CountMax);
        S3Parts.BytesOf(length, S3Parts.BytesMin).ShouldBeGreaterThanOrEqualTo(S3Parts.BytesMin);
    }

    [Fact]
    public void Parts_of_content_without_a_length_hold_hundreds_of_gibibytes() =>
        Enumerable.Range(1, S3Parts.CountMax).Sum(number => (long)S3Parts.BytesOfUnknown(number, S3Parts.BytesDefault)).ShouldBeGreaterThan(700L << 30);

    [Theory]
    [InlineData("1614834367", 0)]
    [InlineData("1614834367.5", 5_000_000)]
    [InlineData("1614834367.123456789", 1_234_567)]
    public void Times_are_kept_as_rclone_keeps_them(string text, int ticks)
    {
        var time = DateTimeOffset.FromUnixTimeSeconds(1614834367).AddTicks(ticks);

        S3Time.Parse(text).ShouldBe(time);
        S3Time.Parse(S3Time.Format(time)).ShouldBe(time);
    }

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("1e5")]
    [InlineData("99999999999999999999")]
    public void What_is_no_time_is_none(string text) => S3Time.Parse(text).ShouldBeNull();

    [Theory]
    [InlineData("plain")]
    [InlineData("Käthe")]
    [InlineData(" spaces ")]
    [InlineData("=?UTF-8?B?no")]
    [InlineData("")]
    public void Metadata_comes_back_as_it_was(string value) => S3Metadata.Decode(S3Metadata.Encode(value)).ShouldBe(value);

    /// <summary>The example of https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, "GET Bucket (List Objects)".</summary>
    [Fact]
    public void Requests_are_signed_as_amazon_signs_its_example()
    {
        var request = new S3Request(HttpMethod.Get, null) { About = "example", Query = [("max-keys", "2"), ("prefix", "J")] };

        new S3Signer("us-east-1", new FixedClock(new DateTimeOffset(2013, 5, 24, 0, 0, 0, TimeSpan.Zero)))
            .Sign(request, "examplebucket.s3.amazonaws.com", "/", "max-keys=2&prefix=J", new AwsKeys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", null));

        request.Headers.Single(header => header.Name == "authorization").Value
            .ShouldEndWith("Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
    }

    [Fact]
    public void A_session_token_is_signed_and_never_printed()
    {
        var request = new S3Request(HttpMethod.Get, "key") { About = "example" };
        AwsKeys keys = new("id", "secret", "token");

        new S3Signer("us-east-1", TimeProvider.System).Sign(request, "host", "/bucket/key", "", keys);

        request.Headers.ShouldContain(new S3Header("x-amz-security-token", "token"));
        request.Headers.Single(header => header.Name == "authorization").Value.ShouldContain("x-amz-security-token");
        keys.ToString().ShouldBe("***");
    }

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
