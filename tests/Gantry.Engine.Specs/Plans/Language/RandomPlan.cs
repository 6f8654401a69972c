using System.Text;

namespace Gantry.Engine.Specs.Plans.Language;

/// <summary>Writes a plan with control steps within each other, the same one for the same seed. What it does depends on nothing but its steps' parameters.</summary>
internal sealed class RandomPlan(int seed, bool isRepeatable)
{
    private readonly Random random = new(seed);
    private int ids;

    /// <summary>As JSON. When it is repeatable, any of its steps may be done twice. Some end in a failure, which 'on_failure' handles.</summary>
    public string Write()
    {
        var fails = random.Next(4) == 0;
        var steps = Steps(3, [], inItem: false, Failing() is var failing && fails ? [failing] : []);
        var handler = """,{"use":"fake.do","with":{"text":"about ${error.step}: ${error.message}"}}]""";
        var plan = $$$"""{"steps":{{{steps}}},"on_failure":[{"use":"fake.again","with":{"text":"handles ${error.kind}"}}{{{handler}}}}""";
        return isRepeatable ? plan.Replace("fake.do", "fake.again", StringComparison.Ordinal) : plan;
    }

    private string Steps(int depth, IReadOnlyList<string> seen, bool inItem, IReadOnlyList<string> last)
    {
        List<string> visible = [.. seen];
        List<string> steps = [];
        for (var count = 1 + random.Next(depth); count > 0; count--)
        {
            var id = $"s{ids++}";
            steps.Add(Step(depth, id, visible, inItem));
            visible.Add(id);
        }

        return $"[{string.Join(',', steps.Concat(last))}]";
    }

    private string Step(int depth, string id, IReadOnlyList<string> seen, bool inItem) => (depth <= 0 ? random.Next(4) : random.Next(14)) switch
    {
        0 => With(id, $$$"""{"use":"fake.do","with":{"text":{{{Text(id, seen, inItem)}}}}}"""),
        1 => With(id, $$$"""{"use":"fake.again","with":{"text":{{{Text(id, seen, inItem)}}}}}"""),
        2 => With(id, $$$"""{"use":"fake.pure","with":{"value":{{{Text(id, seen, inItem)}}}}}"""),
        3 => With(id, $$$"""{"use":"fake.do","repeatable":true,"with":{"text":{{{Text(id, seen, inItem)}}}}}"""),
        4 => With(id, $$$"""{"if":{{{Condition(seen)}}},"then":{{{Steps(depth - 1, seen, inItem, [])}}},"else":{{{Steps(depth - 1, seen, inItem, [])}}}}"""),
        5 => With(id, $$$"""{"each":[{{{string.Join(',', Enumerable.Range(0, random.Next(5)))}}}],"parallel":{{{1 + random.Next(3)}}},"steps":{{{Steps(depth - 1, seen, true, [])}}}}"""),
        6 => With(id, $$$"""{"each":[0,1,2],"max_failures":3,"steps":{{{Steps(depth - 1, seen, true, random.Next(2) == 0 ? [Failing()] : [])}}}}"""),
        7 or 8 => With(id, $$$"""{"parallel":[{{{string.Join(',', Enumerable.Range(0, 2 + random.Next(2)).Select(_ => Steps(depth - 1, seen, inItem, [])))}}}]}"""),
        9 => With(id, $$$"""{"try":{{{Steps(depth - 1, seen, inItem, [Failing()])}}},"catch":{{{Steps(depth - 1, seen, inItem, [])}}},"finally":{{{Steps(depth - 1, seen, inItem, [])}}}}"""),
        10 => With(id, $$$"""{"wait":"{{{1 + random.Next(90)}}}m"}"""),
        11 => With(id, random.Next(2) == 0 ? """{"approve":{"ask":"Go?"}}""" : """{"wait":{"event":"e"}}"""),
        12 => With(id, $$$"""{"call":{"plan":"other","with":{"x":{{{Text(id, seen, inItem)}}}},"wait":{{{(random.Next(3) > 0 ? "true" : "false")}}}}}"""),
        _ => With(id, $$$"""{"parallel":[{{{Graph(depth - 1, seen, inItem)}}}]}"""),
    };

    private string Graph(int depth, IReadOnlyList<string> seen, bool inItem)
    {
        List<string> own = [];
        List<string> steps = [];
        for (var count = 2 + random.Next(3); count > 0; count--)
        {
            var id = $"s{ids++}";
            string[] needs = [.. own.Where(_ => random.Next(2) == 0)];
            var step = Step(Math.Max(0, depth - 1), id, [.. seen, .. needs], inItem);
            steps.Add($"{step[..^1]},\"needs\":[{string.Join(',', needs.Select(need => $"\"{need}\""))}]}}");
            own.Add(id);
        }

        return $"[{string.Join(',', steps)}]";
    }

    private static string With(string id, string step) => $"{{\"id\":\"{id}\",{step[1..]}";

    private string Failing() => $$$"""{"id":"s{{{ids++}}}","use":"fake.{{{(random.Next(2) == 0 ? "do" : "again")}}}","with":{"text":"fail"}}""";

    private string Text(string id, IReadOnlyList<string> seen, bool inItem)
    {
        var text = new StringBuilder(id);
        if (inItem)
        {
            text.Append(" ${item} of ${index}");
        }

        if (seen.Count > 0)
        {
            text.Append(" ${json(steps.").Append(seen[random.Next(seen.Count)]).Append(".output ?? 'none') | hash}");
        }

        return $"\"{text}\"";
    }

    private string Condition(IReadOnlyList<string> seen) => random.Next(3) switch
    {
        0 => "true",
        1 => "false",
        _ => seen.Count == 0 ? "\"${execution.id != ''}\"" : $"\"${{contains(json(steps.{seen[random.Next(seen.Count)]}.output ?? 'none'), '1')}}\"",
    };
}
