using System.Text;

namespace Gantry.Hub.Operations;

/// <summary>Writes docs/settings.md from the table; a test compares the two.</summary>
internal static class SettingsPage
{
    public static string Write()
    {
        var page = new StringBuilder("""
            # Settings of the hub

            A setting is given as a flag, as a variable, or in `gantry.yaml` in the data folder; a flag wins over a variable, a variable over the
            file, and the file over the default. What is not in this table is refused, with the nearest name. Secrets are not taken as flags,
            since everybody on a machine can read those.

            A hub tells its administrators the same with the values that hold, and where each comes from: `GET /api/settings`, or the page Settings. What it logs itself is in the
            files of `log_dir`; its newest 20,000 lines are searched and followed by `GET /api/system-logs` and `/api/system-logs/events`, or on the page Logs.

            **Several hubs on a machine** keep their logs apart. As root they all write below `/var/log/gantry`: the first to come has `gantry.log` there, and each with another data folder, such as one in
            development beside the installed one, has `gantry.log` in a folder that is named after its data folder (`data-1c9f03ab`). It stays so from start to start; the page Logs shows the
            lines of its own hub, and names the file. The data folder that a log folder belongs to stands in its `.gantry.log.lock`.

            | in gantry.yaml | variable | flag | default | |
            |---|---|---|---|---|

            """);
        foreach (var setting in HubSettings.All)
        {
            var inFile = setting == HubSettings.Data ? "–" : $"`{setting.Name}`";
            var flag = setting.IsSecret ? "–" : $"`{setting.Flag}`";
            page.Append($"| {inFile} | `{setting.Variable}` | {flag} | {(setting.Default is null ? "–" : $"`{setting.Default}`")} | {setting.Help} |\n");
        }

        return page.ToString();
    }
}
