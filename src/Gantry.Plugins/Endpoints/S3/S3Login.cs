using Amazon.Runtime;
using Gantry.Engine.Providers.Web;

namespace Gantry.Plugins.Endpoints.S3;

/// <summary>Who signs in: with given keys, with what an AWS profile says, or nobody.</summary>
internal sealed class S3Login : IDisposable
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMinutes(1);
    private readonly string name;
    private readonly Func<CancellationToken, ValueTask<AwsKeys?>>? findGiven;
    private readonly TimeProvider clock;
    private readonly Func<CancellationToken, ValueTask<AWSCredentials>>? find;
    private readonly SemaphoreSlim gate = new(1);
    private AWSCredentials? credentials;
    private AwsKeys? keys;
    private long askedAt;
    private volatile bool isGiven;

    /// <param name="name">By which two logins are known to be the same.</param>
    /// <param name="find">Asked once, at the first request. Anonymous credentials mean that nothing is signed.</param>
    /// <param name="clock">Temporary keys are asked for again in time.</param>
    public S3Login(string name, Func<CancellationToken, ValueTask<AWSCredentials>> find, TimeProvider clock)
    {
        this.name = name;
        this.find = find;
        this.clock = clock;
    }

    /// <summary>The keys do not change and need nothing of the SDK, whose loading would take longer than a small transfer.</summary>
    /// <param name="name">By which two logins are known to be the same.</param>
    /// <param name="findGiven">Asked once, at the first request; null means that nothing is signed.</param>
    public S3Login(string name, Func<CancellationToken, ValueTask<AwsKeys?>> findGiven)
    {
        this.name = name;
        this.findGiven = findGiven;
        clock = TimeProvider.System;
    }

    /// <summary>Whether what the other may do, this one may as well.</summary>
    public bool IsSame(S3Login other) => name == other.name;

    /// <summary>Null when nobody signs in.</summary>
    public ValueTask<AwsKeys?> KeysAsync(CancellationToken cancellationToken) =>
        isGiven || (find is not null && IsAskedFor()) ? ValueTask.FromResult(keys) : AskAsync(cancellationToken);

    /// <summary>As the SDK takes them.</summary>
    public async ValueTask<AWSCredentials> CredentialsAsync(CancellationToken cancellationToken)
    {
        await KeysAsync(cancellationToken).ConfigureAwait(false);
        return credentials ?? (keys is null ? new AnonymousAWSCredentials()
            : keys.SessionToken is { } token ? new SessionAWSCredentials(keys.AccessKey, keys.SecretKey, token)
            : new BasicAWSCredentials(keys.AccessKey, keys.SecretKey));
    }

    private async ValueTask<AwsKeys?> AskAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (findGiven is not null)
            {
                keys = isGiven ? keys : await findGiven(cancellationToken).ConfigureAwait(false);
                isGiven = true;
                return keys;
            }

            return await AskAgainAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            gate.Release();
        }
    }

    private async ValueTask<AwsKeys?> AskAgainAsync(CancellationToken cancellationToken)
    {
        var found = credentials ?? await find!(cancellationToken).ConfigureAwait(false);
        var current = await found.GetCredentialsAsync().ConfigureAwait(false);
        keys = new AwsKeys(current.AccessKey, current.SecretKey, current.UseToken ? current.Token : null);
        askedAt = clock.GetTimestamp();
        Volatile.Write(ref credentials, found);
        return keys;
    }

    public void Dispose() => gate.Dispose();

    private bool IsAskedFor() => Volatile.Read(ref credentials) is not null && clock.GetElapsedTime(Volatile.Read(ref askedAt)) < AskAgainAfter;
}
