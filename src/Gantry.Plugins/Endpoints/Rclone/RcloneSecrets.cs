using Gantry.Engine.Endpoints;
using Gantry.Engine.Secrets;

namespace Gantry.Plugins.Endpoints.Rclone;

/// <summary>The values behind secret settings.</summary>
internal static class RcloneSecrets
{
    /// <summary>Null when the setting is not given. One that is no reference, or refers to nothing, fails with BadSetting.</summary>
    public static async ValueTask<Secret?> FindAsync(EndpointSettings settings, string name, EndpointContext context, CancellationToken cancellationToken)
    {
        if (settings.Find(name) is not { Length: > 0 } value)
        {
            return null;
        }

        var reference = SecretRef.Parse(value) ?? throw new EndpointException(
            EndpointError.BadSetting, $"The setting '{name}' is a secret and is given as a reference: ${{cred:NAME}}.");
        return await context.Secrets.FindAsync(reference.Name, cancellationToken).ConfigureAwait(false) ?? throw new EndpointException(
            EndpointError.BadSetting, $"There is no secret '{reference.Name}' for the setting '{name}'. Looked for in: {context.Secrets.Places}.");
    }
}
