using Gantry.EndToEnd.Specs.Programs;

namespace Gantry.EndToEnd.Specs.Pages;

/// <summary>A workspace for one story, which may reach what no other story's may.</summary>
internal static class OwnWorkspace
{
    /// <summary>The administrator owns it, and the visitor is in it from their next page on.</summary>
    public static async Task EnterAsync(this Visitor visitor, HubProgram hub, string name, params string[] reaches)
    {
        var id = (await hub.Http.PostJsonAsync("/api/workspaces", new { name })).GetProperty("id").GetString()!;
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/egress-rules") { Content = HubRequests.Json(new { rules = reaches }) };
        request.Headers.Add("Gantry-Workspace", id);
        using var allowed = await hub.Http.SendAsync(request);
        allowed.EnsureSuccessStatusCode();
        await visitor.Page.AddInitScriptAsync($"try {{ localStorage.setItem('gantry-workspace', '{id}') }} catch {{ }}");
    }
}
