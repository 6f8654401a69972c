using System.Text.Json;
using System.Text.Json.Nodes;
using Gantry.Cli.CommandLine;
using Gantry.Cli.Hubs;
using Gantry.Engine.Endpoints;

namespace Gantry.Cli.Plans;

/// <summary>"gantry plan draft": an AI that the hub is connected to drafts a plan, which is stored and not run.</summary>
internal static class PlanDraftCommand
{
    public static Command Describe() => new()
    {
        Name = "draft",
        Help = "Has an AI draft a plan from plain words. The draft is stored on the hub and not run.",
        Arguments = [new("PROMPT", "What the plan is to do, or with --approve the draft's id.")],
        Options =
        [
            new("--provider", "Which AI; what the workspace says if not given.") { Value = "ID" },
            new("--model", "Which model of it.") { Value = "ID" },
            new("--connection", "The name of its credentials; the provider's id if not given.") { Value = "NAME" },
            new("--approve", "Saves the draft of this id as a plan. Nothing is started."),
            new("--json", "Prints JSON."),
            HubChoice.Option,
        ],
        Notes = ["Exit status: 0 the draft can be approved, 1 something is wrong with it."],
        Examples = ["gantry plan draft 'Every night copy web:/ to backup:/ and tell Slack'"],
        RunAsync = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        using var hub = HubChoice.Open(invocation);
        var prompt = invocation.Argument("PROMPT");
        if (invocation.Has("--approve"))
        {
            var saved = await hub.SendAsync(HttpMethod.Post, $"api/ai-planner/drafts/{Uri.EscapeDataString(prompt)}/approve", new JsonObject(), cancellationToken) ?? default;
            Answer.Print(saved.GetProperty("plan"), invocation.Has("--json"));
            return ExitStatus.Succeeded;
        }

        var request = new JsonObject { ["prompt"] = prompt };
        foreach (var option in (string[])["provider", "model", "connection"])
        {
            if (invocation.Find("--" + option) is { } given)
            {
                request[option] = given;
            }
        }

        var draft = await hub.SendAsync(HttpMethod.Post, "api/ai-planner", request, cancellationToken) ?? default;
        var canBeApproved = draft.GetProperty("findings").GetArrayLength() == 0;
        if (invocation.Has("--json"))
        {
            Answer.Print(draft, asJson: true);
        }
        else
        {
            Print(draft, canBeApproved);
        }

        return canBeApproved ? ExitStatus.Succeeded : ExitStatus.Failed;
    }

    private static void Print(JsonElement draft, bool canBeApproved)
    {
        foreach (var line in (draft.FindText("plan") ?? "# There is no plan.").TrimEnd().Split('\n'))
        {
            Console.Out.WriteLine(EndpointPath.Printable(line));
        }

        PrintTexts("Steps", draft.GetProperty("steps").EnumerateArray().Select(step => step.GetString()!));
        PrintTexts("Missing", draft.GetProperty("missing").EnumerateArray().Select(missing => missing.GetString()!));
        PrintTexts("Wrong", draft.GetProperty("findings").EnumerateArray().Select(finding => $"{finding.FindText("line")}:{finding.FindText("column")}: {finding.FindText("message")}"));
        Console.Out.WriteLine(canBeApproved
            ? $"\nNothing runs before you approve it: gantry plan draft --approve {draft.FindText("draft")}"
            : "\nIt cannot be approved as it is. Ask again in other words, or save the plan's text, mended, by 'gantry plan apply'.");
    }

    private static void PrintTexts(string title, IEnumerable<string> texts)
    {
        var lines = texts.Select(text => "- " + EndpointPath.Printable(text)).ToList();
        if (lines.Count > 0)
        {
            Console.Out.WriteLine($"\n{title}:\n{string.Join('\n', lines)}");
        }
    }
}
