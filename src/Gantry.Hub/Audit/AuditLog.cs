using System.Text.Json;
using Gantry.Hub.Database;
using Gantry.Hub.Web;

namespace Gantry.Hub.Audit;

/// <summary>
/// Who did what. An entry is written in the session of the change itself, so there is none without the other. No secret goes in.
/// </summary>
internal static class AuditLog
{
    /// <param name="action">Words joined by dots, "api_key.created".</param>
    /// <param name="target">What it was done to, by name or id; null when there is nothing to name.</param>
    /// <param name="details">An object of plain values, or null.</param>
    public static Task AppendAsync(
        HubSession session, string action, string? target, object? details, string? address, CancellationToken cancellationToken) =>
        session.ExecuteAsync("""
            insert into audit_log (workspace_id, user_id, action, target, address, details)
            values (current_workspace_id(), current_user_id(), @action, @target, @address, @details::jsonb)
            """, new { action, target, address, details = details is null ? "{}" : JsonSerializer.Serialize(details, HubJson.Options) }, cancellationToken);

    /// <summary>With the caller's address, from the request being answered.</summary>
    public static Task AppendAsync(
        HubSession session, HttpContext context, string action, string? target, object? details, CancellationToken cancellationToken) =>
        AppendAsync(session, action, target, details, AddressOf(context), cancellationToken);

    public static string? AddressOf(HttpContext context) => ClientAddress.Of(context)?.Text;
}
