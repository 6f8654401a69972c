using Gantry.Engine.Endpoints;
using Gantry.Engine.Secrets;

namespace Gantry.Engine.Providers;

/// <summary>The one place where exceptions become the uniform errors of providers.</summary>
public static class ProviderFailure
{
    public static ProviderError WithoutReason { get; } = new()
    {
        Kind = ProviderErrorKind.Internal,
        Message = "The provider reported a failure without a reason.",
    };

    /// <summary>An <see cref="OperationCanceledException"/> that nobody asked for is a time limit inside the provider.</summary>
    public static ProviderError Describe(Exception exception, bool isCancelled) => exception switch
    {
        ProviderException failure => failure.Error,
        OperationCanceledException when isCancelled => Error(ProviderErrorKind.Cancelled, "The call was cancelled."),
        OperationCanceledException or TimeoutException => Error(ProviderErrorKind.TimedOut, "The call did not end within the provider's own time limit.", true),
        EndpointException failure => Error(KindOf(failure.Error), failure.Message, failure.IsTransient),
        SecretStoreException failure => Error(failure.IsTransient ? ProviderErrorKind.Unavailable : ProviderErrorKind.Unauthorized, failure.Message, failure.IsTransient),
        SecretException => Error(ProviderErrorKind.Unauthorized, exception.Message),
        HttpRequestException => Error(ProviderErrorKind.Unavailable, exception.Message, true),
        _ => Error(ProviderErrorKind.Internal, $"The provider failed in a way it does not explain: {exception.GetType().Name}: {exception.Message}"),
    };

    private static ProviderError Error(ProviderErrorKind kind, string message, bool isTransient = false) =>
        new() { Kind = kind, Message = message, IsTransient = isTransient };

    private static ProviderErrorKind KindOf(EndpointError error) => error switch
    {
        EndpointError.NotFound => ProviderErrorKind.NotFound,
        EndpointError.AlreadyExists or EndpointError.FolderNotEmpty or EndpointError.ContentDiffers => ProviderErrorKind.Conflict,
        EndpointError.PermissionDenied or EndpointError.LoginRefused or EndpointError.HostKey => ProviderErrorKind.Unauthorized,
        EndpointError.BadPath or EndpointError.BadSetting or EndpointError.NotSupported
            or EndpointError.NotAFolder or EndpointError.IsAFolder => ProviderErrorKind.BadRequest,
        EndpointError.Disconnected => ProviderErrorKind.Unavailable,
        EndpointError.TimedOut => ProviderErrorKind.TimedOut,
        EndpointError.NoSpace or EndpointError.Protocol => ProviderErrorKind.Upstream,
        _ => ProviderErrorKind.Internal,
    };
}
