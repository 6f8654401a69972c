using System.Globalization;
using System.Text.Json;
using Gantry.Engine.Documents;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Expressions;
using Gantry.Engine.Secrets;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Plans.Triggers;

/// <summary>Reads the 'on' block of a plan. All that is wrong with it becomes findings, each at its place.</summary>
public sealed class TriggerReader
{
    public const int TriggersMax = 50;

    private static readonly string[] Kinds = ["schedule", "webhook", "files", "s3_events", "execution"];

    private static readonly string[] ReferenceRoots = ["trigger", "now"];

    private static readonly TimeSpan IntervalMax = TimeSpan.FromDays(366);

    private readonly Action<string, string> find;
    private readonly Action<string, string> findName;

    /// <param name="find">Hears a path ("on[0].schedule.cron") and what is wrong with the value there.</param>
    /// <param name="findName">The same for a name that has no place there.</param>
    internal TriggerReader(Action<string, string> find, Action<string, string> findName) => (this.find, this.findName) = (find, findName);

    /// <summary>Reads one item as it was saved, or as it is set through the API.</summary>
    /// <exception cref="PlanFormatException">Something is wrong with it; the message names the first thing.</exception>
    public static Trigger Read(JsonElement item)
    {
        List<string> problems = [];
        void Note(string path, string message) => problems.Add(path.Length > "on[0].".Length ? $"{path["on[0].".Length..]}: {message}" : message);
        try
        {
            var node = DocumentReader.Read(item.GetRawText(), DocumentFormat.Json, new DocumentLimits());
            var trigger = new TriggerReader(Note, Note).ReadItem(node, "on[0]");
            return trigger is not null && problems.Count == 0 ? trigger : throw new PlanFormatException(string.Join(" ", problems));
        }
        catch (DocumentException exception)
        {
            throw new PlanFormatException(exception.Message);
        }
    }

    internal IReadOnlyList<Trigger> ReadAll(DocumentNode? on)
    {
        switch (on)
        {
            case null or { Kind: DocumentKind.Null }:
                return [];
            case { Kind: DocumentKind.List }:
                break;
            case var other:
                find("on", $"'on' is a list of triggers (- schedule: …), and this is {other.Describe()}.");
                return [];
        }

        if (on.Items.Count > TriggersMax)
        {
            find("on", $"A plan has at most {TriggersMax} triggers, and this one has {on.Items.Count}.");
            return [];
        }

        List<Trigger> triggers = [];
        for (var index = 0; index < on.Items.Count; index++)
        {
            if (ReadItem(on.Items[index], $"on[{index}]") is not { } trigger)
            {
                continue;
            }

            if (triggers.Exists(known => known.Identity == trigger.Identity))
            {
                find($"on[{index}]", trigger is WebhookTrigger
                    ? $"The webhook {trigger.Watches} stands here twice. Each needs a path of its own."
                    : "This trigger stands here twice. Give one of them an 'id' if both are meant.");
            }

            triggers.Add(trigger);
        }

        return triggers;
    }

    private Trigger? ReadItem(DocumentNode node, string path)
    {
        if (node.Kind != DocumentKind.Map || node.Members.Count == 0)
        {
            find(path, $"A trigger is a map such as schedule: {{cron: \"0 6 * * *\"}}, and this is {node.Describe()}.");
            return null;
        }

        if (node.Members.Count > 1)
        {
            findName($"{path}.{node.Members[1].Name}", $"A trigger is of one kind, and this one names '{node.Members[0].Name}' and '{node.Members[1].Name}'. Begin a new item with '-'.");
            return null;
        }

        var (kind, value) = (node.Members[0].Name, Spelled(node.Members[0]));
        if (!Kinds.Contains(kind, StringComparer.Ordinal))
        {
            findName($"{path}.{kind}", $"There is no trigger of the kind '{kind}'.{NearestName.Hint(kind, Kinds)}");
            return null;
        }

        if (value.Kind != DocumentKind.Map)
        {
            find($"{path}.{kind}", $"'{kind}' is a map of settings, and this is {value.Describe()}.");
            return null;
        }

        var fields = new TriggerFields(value, $"{path}.{kind}", find, findName);
        Trigger trigger = kind switch
        {
            "schedule" => ReadSchedule(fields),
            "webhook" => ReadWebhook(fields),
            "files" => ReadFiles(fields),
            "s3_events" => ReadStoreEvents(fields),
            _ => ReadExecution(fields),
        };
        return Complete(trigger, fields) with { Source = node.ToJson() };
    }

    /// <summary>A schedule that is a text is its cron expression.</summary>
    private static DocumentNode Spelled(DocumentMember member) =>
        member is { Name: "schedule", Value.Kind: DocumentKind.Text }
            ? new DocumentNode { Kind = DocumentKind.Map, Position = member.Value.Position, Members = [new DocumentMember("cron", member.Value.Position, member.Value)] }
            : member.Value;

    private static Trigger Complete(Trigger trigger, TriggerFields fields)
    {
        var id = fields.Text("id");
        if (id is not null && !PlanNames.IsName(id))
        {
            fields.Find("id", $"'{id}' is no id: it begins with a letter or '_', goes on with letters, digits, '_' and '-', and has at most {PlanNames.LengthMax} characters.");
        }

        var inputs = fields.Map("inputs", "{site: \"${trigger.body.site}\"}")?.Node.ToJson();
        CheckReferences(fields, "inputs", inputs);
        var when = fields.Node.Find("when") is { Value.Kind: DocumentKind.Text or DocumentKind.Boolean } given ? given.Value.ToJson() : (JsonElement?)null;
        if (fields.Has("when") && when is null)
        {
            fields.Find("when", "'when' is a reference that gives true or false, such as ${trigger.body.action == 'opened'}.");
        }

        CheckReferences(fields, "when", when);
        return trigger with { Id = id, Inputs = inputs, When = when, Expect = trigger is ScheduleTrigger ? null : ReadWindow(fields) };
    }

    /// <summary>Only what the trigger itself brings along is there before anything has run.</summary>
    private static void CheckReferences(TriggerFields fields, string name, JsonElement? value)
    {
        foreach (var (text, path) in value is { } given ? Template.Compile(given, takesSecrets: false).Texts(name) : [])
        {
            if (text.Problem is { } problem)
            {
                fields.Find(path, $"The reference in this text is malformed: {problem.Message}, at character {problem.Offset + 1}. A plain ${{ is written $${{.");
            }

            foreach (var reference in text.Expressions.SelectMany(ReferenceCheck.ReferencesIn))
            {
                if (reference.Root != "item" && !ReferenceRoots.Contains(reference.Root, StringComparer.Ordinal))
                {
                    fields.Find(path, $"{reference}: a trigger can refer to ${{trigger.…}} and ${{now}} only.");
                }
            }
        }
    }

    private static ScheduleTrigger ReadSchedule(TriggerFields fields)
    {
        fields.RefuseOthers("a schedule", "id", "cron", "every", "zone", "missed", "inputs", "when");
        if (fields.Has("cron") == fields.Has("every"))
        {
            fields.Find("", "A schedule has either 'cron' or 'every'.");
        }

        if (fields.Has("every") && fields.Has("zone"))
        {
            fields.Find("zone", "An interval is a span of time, which is the same in every zone. Leave out 'zone'.");
        }

        return new ScheduleTrigger
        {
            Cron = ReadCron(fields),
            Every = fields.Has("every") ? fields.Span("every", TimeSpan.FromHours(1), TimeSpan.FromSeconds(1), IntervalMax) : null,
            Zone = fields.Zone(),
            Missed = fields.Choice<MissedPolicy>("missed", [("once", MissedPolicy.Once), ("skip", MissedPolicy.Skip), ("all", MissedPolicy.All)]),
        };
    }

    private static Cron? ReadCron(TriggerFields fields)
    {
        if (fields.Text("cron") is not { } text)
        {
            return null;
        }

        try
        {
            return Cron.Parse(text);
        }
        catch (CronException exception)
        {
            fields.Find("cron", exception.Message);
            return null;
        }
    }

    private static WebhookTrigger ReadWebhook(TriggerFields fields)
    {
        fields.RefuseOthers("a webhook", "id", "path", "verb", "secret", "scheme", "open", "tolerance", "header", "delivery_header", "reply", "wait", "inputs", "when", "expect");
        var path = fields.Required("path", "the part of the address behind /api/webhook/.").Trim('/');
        if (fields.Has("path") && !IsPath(path))
        {
            fields.Find("path", "A path has 1 to 200 characters out of letters, digits, '-', '_', '.' and '/', no part of it is empty, '.' or '..', and it does not begin with '~'.");
        }

        string[] verbs = ["POST", "PUT", "PATCH", "DELETE", "GET"];
        return new WebhookTrigger
        {
            Path = path,
            Verb = fields.Choice<string>("verb", [.. verbs.Select(verb => (verb, verb)), .. verbs.Select(verb => (verb.ToLowerInvariant(), verb))]),
            Secret = ReadSecret(fields),
            Scheme = ReadScheme(fields),
            Tolerance = fields.Span("tolerance", TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            Reply = fields.Choice<WebhookReply>("reply", [("accepted", WebhookReply.Accepted), ("result", WebhookReply.Result)]),
            Wait = fields.Span("wait", TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1), WebhookTrigger.WaitMax),
        };
    }

    private static SecretRef? ReadSecret(TriggerFields fields)
    {
        var isOpen = fields.Flag("open");
        if (fields.Text("secret") is not { } text)
        {
            if (!isOpen && !fields.Has("secret"))
            {
                fields.Find("", "A webhook needs a 'secret' (${cred:NAME}) by which its callers are known, or 'open: true' when everybody may call it.");
            }

            return null;
        }

        if (isOpen)
        {
            fields.Find("open", "A webhook with a secret is not open. Leave out one of them.");
        }

        var secret = SecretRef.Parse(text);
        if (secret is null)
        {
            fields.Find("secret", "'secret' is a secret and must not stand in a plan. Store it as a credential and write ${cred:NAME}.");
        }

        return secret;
    }

    private static WebhookScheme ReadScheme(TriggerFields fields)
    {
        var name = fields.Text("scheme") ?? (fields.Has("secret") ? "standard" : "open");
        if (!WebhookScheme.All.TryGetValue(name, out var scheme))
        {
            fields.Find("scheme", $"There is no scheme '{name}'.{WebhookScheme.Hint(name)}");
            return WebhookScheme.All["standard"];
        }

        if (scheme.IsOpen == fields.Has("secret"))
        {
            fields.Find("scheme", scheme.IsOpen ? "A webhook with a secret is not open." : $"The scheme '{name}' needs a 'secret'.");
        }

        if (HeaderName(fields, "header") is { } header)
        {
            scheme = scheme.TokenHeader is null ? scheme with { SignatureHeader = header } : scheme with { TokenHeader = header };
        }

        return HeaderName(fields, "delivery_header") is { } delivery ? scheme with { DeliveryHeader = delivery, DeliveryMember = null } : scheme;
    }

    private static string? HeaderName(TriggerFields fields, string name)
    {
        if (fields.Text(name) is not { } header)
        {
            return null;
        }

        if (header.Length is > 0 and <= 100 && header.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_'))
        {
            return header.ToLowerInvariant();
        }

        fields.Find(name, $"'{name}' is the name of a header: letters, digits, '-' and '_'.");
        return null;
    }

    private static bool IsPath(string path) =>
        path.Length is > 0 and <= 200 && path[0] != '~'
        && path.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' or '/')
        && path.Split('/').All(part => part is not ("" or "." or ".."));

    private static FilesTrigger ReadFiles(TriggerFields fields)
    {
        fields.RefuseOthers(
            "a files trigger", "id", "endpoint", "match", "exclude", "settle", "interval", "batch", "depth", "max_files", "existing", "inputs", "when", "expect");
        return new FilesTrigger
        {
            Endpoint = ReadEndpoint(fields),
            Match = ReadPatterns(fields, "match"),
            Exclude = ReadPatterns(fields, "exclude"),
            Settle = fields.Span("settle", TimeSpan.FromSeconds(5), TimeSpan.Zero, TimeSpan.FromHours(1)),
            Interval = fields.Span("interval", TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            IsBatch = fields.Flag("batch"),
            Depth = fields.Number("depth", 20, 1, 100),
            FilesMax = fields.Number("max_files", 100_000, 1, 1_000_000),
            SkipsExisting = fields.Choice<bool>("existing", [("handle", false), ("skip", true)]),
        };
    }

    private static string ReadEndpoint(TriggerFields fields)
    {
        var endpoint = fields.Required("endpoint", "the name of a saved endpoint, or name:folder.");

        // A name alone is the endpoint's own folder.
        return !endpoint.Contains(':', StringComparison.Ordinal) && NamedAddress.TryParse(endpoint + ":", out _) ? endpoint + ":" : endpoint;
    }

    private static IReadOnlyList<string> ReadPatterns(TriggerFields fields, string name)
    {
        var patterns = fields.Texts(name);
        foreach (var pattern in patterns)
        {
            try
            {
                _ = FilesTrigger.SelectionOf([pattern], []);
            }
            catch (EndpointException exception)
            {
                fields.Find(name, exception.Message);
            }
        }

        return patterns;
    }

    private static StoreEventsTrigger ReadStoreEvents(TriggerFields fields)
    {
        fields.RefuseOthers("an s3_events trigger", "id", "endpoint", "queue", "match", "inputs", "when", "expect");
        var queue = fields.Required("queue", "the queue's URL, https://sqs.REGION.amazonaws.com/ACCOUNT/NAME.");
        if (queue.Length > 0 && !(Uri.TryCreate(queue, UriKind.Absolute, out var url) && url is { Scheme: "https" or "http", UserInfo: "", Query: "", Fragment: "" }))
        {
            fields.Find("queue", $"'{EndpointPath.Printable(queue)}' is no URL of a queue. It is written https://sqs.REGION.amazonaws.com/ACCOUNT/NAME.");
        }

        return new StoreEventsTrigger { Endpoint = ReadEndpoint(fields), Queue = queue, Match = ReadPatterns(fields, "match") };
    }

    private static ExecutionTrigger ReadExecution(TriggerFields fields)
    {
        fields.RefuseOthers("an execution trigger", "id", "plan", "status", "inputs", "when", "expect");
        string[] all = ["succeeded", "failed", "cancelled"];
        var statuses = fields.Texts("status");
        foreach (var status in statuses.Where(status => status != "any" && !all.Contains(status, StringComparer.Ordinal)))
        {
            fields.Find("status", $"'{status}' is no end of an execution. It is one of {string.Join(", ", all)}, or any.");
        }

        return new ExecutionTrigger
        {
            Plan = fields.Required("plan", "the name of the plan whose executions are watched."),
            Statuses = statuses.Contains("any", StringComparer.Ordinal) ? all : statuses.Count > 0 ? [.. all.Where(statuses.Contains)] : ["succeeded"],
        };
    }

    private static ArrivalWindow? ReadWindow(TriggerFields trigger)
    {
        if (trigger.Map("expect", "{between: \"02:00-04:00\", zone: Europe/Berlin, days: mon-fri}") is not { } fields)
        {
            return null;
        }

        fields.RefuseOthers("'expect'", "between", "days", "zone");
        var between = fields.Required("between", "the window in which something has to come, such as \"02:00-04:00\".");
        var times = between.Split('-', StringSplitOptions.TrimEntries);
        if (times.Length != 2 || !TryTime(times[0], out var from) || !TryTime(times[1], out var to) || from == to)
        {
            if (between.Length > 0)
            {
                fields.Find("between", $"'{between}' is no window. It is written \"02:00-04:00\", in hours from 00:00 to 23:59.");
            }

            return null;
        }

        var days = fields.Text("days") ?? "*";
        try
        {
            _ = ArrivalWindow.CronAt(from, days.Contains(' ') ? throw new CronException($"'{days}' is no day of the week.") : days);
            return new ArrivalWindow { From = from, To = to, Days = days, Zone = fields.Zone() };
        }
        catch (CronException exception)
        {
            fields.Find("days", exception.Message);
            return null;
        }
    }

    private static bool TryTime(string text, out TimeOnly time) => TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
}

/// <summary>What stands where a trigger should is none; the message says what is wrong with it.</summary>
public sealed class PlanFormatException(string message) : Exception(message);
