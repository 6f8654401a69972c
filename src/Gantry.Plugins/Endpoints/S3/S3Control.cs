using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.S3;

/// <summary>
/// What is asked seldom, by the SDK: uploads in parts, copies inside the service, presigned links. It sends through the same connections as all the rest,
/// repeats nothing by itself, and looks for nothing in this machine's surroundings.
/// </summary>
internal sealed class S3Control(S3Wire wire, S3Login login, TimeProvider clock) : IDisposable
{
    // A copy of gigabytes, or the putting together of ten thousand parts, is answered when it is done.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly SemaphoreSlim gate = new(1);
    private AmazonS3Client? client;
    private HttpClient? http;

    private S3Service Service => wire.Service;

    public async ValueTask<T> RunAsync<T>(string about, Func<IAmazonS3, CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        using var watch = new S3Watch(Patience, clock, cancellationToken);
        try
        {
            var open = await ClientAsync(watch.Token).ConfigureAwait(false);
            return await ask(open, watch.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (watch.HasExpired)
        {
            throw S3Errors.TimedOut(Service, about);
        }
        catch (Exception exception) when (exception is not EndpointException && S3Errors.Of(exception, Service, about, clock.GetUtcNow()) is not null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw S3Errors.Of(exception, Service, about, clock.GetUtcNow())!;
        }
    }

    /// <summary>A link that lets whoever has it do one thing with one file, until it expires.</summary>
    public async ValueTask<string> LinkAsync(string key, TimeSpan lifetime, bool isUpload, CancellationToken cancellationToken)
    {
        var open = await ClientAsync(cancellationToken).ConfigureAwait(false);
        return await open.GetPreSignedURLAsync(new GetPreSignedUrlRequest
        {
            BucketName = Service.Bucket,
            Key = key,
            Verb = isUpload ? HttpVerb.PUT : HttpVerb.GET,
            Expires = clock.GetUtcNow().Add(lifetime).UtcDateTime,
            Protocol = Service.IsEncrypted ? Protocol.HTTPS : Protocol.HTTP,
        }).ConfigureAwait(false);
    }

    public void Dispose()
    {
        client?.Dispose();
        http?.Dispose();
        gate.Dispose();
    }

    private async ValueTask<AmazonS3Client> ClientAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return client ??= new AmazonS3Client(await login.CredentialsAsync(cancellationToken).ConfigureAwait(false), new AmazonS3Config
            {
                ServiceURL = Service.ServiceUrl,
                AuthenticationRegion = Service.Region,
                ForcePathStyle = Service.IsPathStyle,
                HttpClientFactory = new SharedHttp(http ??= wire.OpenForWholeAnswers()),
                Timeout = Timeout.InfiniteTimeSpan,
                MaxErrorRetry = 0,
                DisableLogging = true,
                IgnoreConfiguredEndpointUrls = true,
                UseDualstackEndpoint = false,
                UseFIPSEndpoint = false,
                UseArnRegion = false,
                DisableMultiregionAccessPoints = true,
                DisableS3ExpressSessionAuth = true,
                RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
                ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            });
        }
        finally
        {
            gate.Release();
        }
    }

    private sealed class SharedHttp(HttpClient http) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => http;

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

        public override string? GetConfigUniqueString(IClientConfig clientConfig) => null;
    }
}
