namespace Gantry.Hub.Accounts;

/// <summary>Whether somebody may start executions now, as a condition in a query of a session that sees the workspace's members.</summary>
internal static class StartRights
{
    /// <summary>True of rows whose user, in the columns <c>workspace_id</c> and <c>user_id</c> of the table of this name, may.</summary>
    public static string Of(string table) => $"""
        exists (select from memberships member join users u on u.id = member.user_id
          where member.workspace_id = {table}.workspace_id and member.user_id = {table}.user_id and u.disabled_at is null and member.role in ('owner', 'editor', 'operator'))
        """;
}
