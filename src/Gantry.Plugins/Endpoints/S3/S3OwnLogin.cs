using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers.Web;

namespace Gantry.Plugins.Endpoints.S3;

/// <summary>
/// What the user of a command line signs in with already: the environment, then a profile. A machine's own metadata service is asked only by a profile
/// that says so (credential_source).
/// </summary>
internal static class S3OwnLogin
{
    /// <summary>What the environment says; null when it says nothing.</summary>
    public static AwsKeys? OfEnvironment() => Variable("AWS_ACCESS_KEY_ID") is { } id && Variable("AWS_SECRET_ACCESS_KEY") is { } secret
        ? new AwsKeys(id, secret, Variable("AWS_SESSION_TOKEN"))
        : null;

    /// <summary>Null when there is none. A profile that is named and not there fails with BadSetting.</summary>
    public static AWSCredentials? OfProfile(string? profile)
    {
        var name = profile ?? Variable("AWS_PROFILE");
        try
        {
            if (new CredentialProfileStoreChain().TryGetAWSCredentials(name ?? "default", out var found))
            {
                return found;
            }
        }
        catch (Exception exception) when (exception is AmazonClientException or InvalidOperationException or ArgumentException or IOException)
        {
            throw new EndpointException(EndpointError.BadSetting, $"The AWS profile '{EndpointPath.Printable(name ?? "default")}' cannot be used: {EndpointPath.Printable(exception.Message)}");
        }

        return name is null ? null : throw new EndpointException(
            EndpointError.BadSetting, $"There is no AWS profile '{EndpointPath.Printable(name)}' with keys. See 'aws configure list-profiles'.");
    }

    /// <summary>What the environment or the profile says; null when neither does.</summary>
    public static string? Region(string? profile)
    {
        if (profile is null && (Variable("AWS_REGION") ?? Variable("AWS_DEFAULT_REGION")) is { } region)
        {
            return region;
        }

        // Most have no such file, and to look for one properly costs the loading of the SDK.
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var isThere = Variable("AWS_CONFIG_FILE") is not null || File.Exists(Path.Combine(home, ".aws", "config"))
            || Variable("AWS_SHARED_CREDENTIALS_FILE") is not null || File.Exists(Path.Combine(home, ".aws", "credentials"));
        return isThere ? RegionOfProfile(profile ?? Variable("AWS_PROFILE") ?? "default") : null;
    }

    public static string? ServiceUrl() => Variable("AWS_ENDPOINT_URL_S3") ?? Variable("AWS_ENDPOINT_URL");

    private static string? RegionOfProfile(string name) =>
        new CredentialProfileStoreChain().TryGetProfile(name, out var found) ? found.Region?.SystemName : null;

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
