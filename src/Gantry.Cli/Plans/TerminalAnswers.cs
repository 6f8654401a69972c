using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Plans;
using Gantry.Engine.Settings;

namespace Gantry.Cli.Plans;

/// <summary>Answers what a plan without a hub waits for: it asks whoever sits at the terminal, one question after the other.</summary>
internal sealed class TerminalAnswers
{
    private readonly Lock gate = new();
    private Task asked = Task.CompletedTask;

    /// <summary>Asks when its turn comes. Without a terminal, an approval is refused; an event does not come.</summary>
    public void Ask(StepWait wait, Signals signals)
    {
        if (Console.IsInputRedirected)
        {
            if (wait.Kind == WaitKind.Approval)
            {
                signals.Add(Signal.Approval(
                    wait.StepPath, isApproved: false, "there is no terminal on which somebody could be asked. Run the plan at one, or on a hub.", "'gantry run'", TimeProvider.System.GetUtcNow()));
            }

            return;
        }

        lock (gate)
        {
            asked = asked.ContinueWith(_ => signals.Add(wait.Kind == WaitKind.Approval ? AskApproval(wait) : AskEvent(wait)), TaskScheduler.Default);
        }
    }

    private static Signal AskApproval(StepWait wait)
    {
        var answer = ReadLine($"{wait.Ask}{(wait.By.Count == 0 ? "" : $" (asks {string.Join(" or ", wait.By)})")} [y/N] ");
        var isYes = answer is not null && answer.Trim().ToLowerInvariant() is "y" or "yes";
        return Signal.Approval(wait.StepPath, isYes, null, Environment.UserName, TimeProvider.System.GetUtcNow());
    }

    private static Signal AskEvent(StepWait wait)
    {
        var text = ReadLine($"The plan waits for the event '{wait.Event}'. Press Enter when it happened; JSON that came with it may be typed before. ") ?? "";
        return Signal.Event(wait.StepPath, Payload(text.Trim()), TimeProvider.System.GetUtcNow(), Environment.UserName);
    }

    private static JsonElement Payload(string text)
    {
        try
        {
            return text.Length == 0 ? Scalars.Null : HalfPairs.AreIn(text) ? Scalars.Text("") : JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            return Scalars.Text(text);
        }
    }

    private static string? ReadLine(string question)
    {
        Console.Error.Write(EndpointPath.Printable(question));
        return Console.In.ReadLine();
    }
}
