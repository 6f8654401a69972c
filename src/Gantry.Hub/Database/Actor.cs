namespace Gantry.Hub.Database;

/// <summary>As whom a session is opened. Row security shows and changes only what this user may, in this workspace.</summary>
public sealed record Actor(Guid? UserId, Guid? WorkspaceId)
{
    /// <summary>Sees no owned row at all; it can only ask the sign-in functions and write refusals to the audit log.</summary>
    public static Actor Nobody { get; } = new(null, null);
}
