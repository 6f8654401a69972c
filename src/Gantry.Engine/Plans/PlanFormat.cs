namespace Gantry.Engine.Plans;

internal enum FieldType
{
    Text,
    Boolean,
    Integer,
    Number,
    Duration,

    /// <summary>A name, or a list of names.</summary>
    Names,

    /// <summary>Any value; its texts may hold references.</summary>
    Value,

    /// <summary>A map of any values; its texts may hold references.</summary>
    Map,

    /// <summary>True, false, or a reference.</summary>
    Condition,

    /// <summary>A list, or a reference.</summary>
    Items,
    Steps,

    /// <summary>A list of steps and lists of steps.</summary>
    Branches,

    /// <summary>A map with fields of its own.</summary>
    Fields,

    /// <summary>A duration, a time, a reference, or a map with fields of its own.</summary>
    Time,

    /// <summary>A map of inputs by their names.</summary>
    Inputs,

    /// <summary>Has its own reader, Triggers.TriggerReader.</summary>
    Triggers,
}

/// <summary>One field of a plan, as the reader takes it and as the schema describes it.</summary>
internal sealed record PlanField(string Name, FieldType Type, string Help)
{
    public bool IsRequired { get; init; }

    public IReadOnlyList<string> Choices { get; init; } = [];

    public decimal Min { get; init; }

    public decimal Max { get; init; } = int.MaxValue;

    /// <summary>Of the types that have fields of their own.</summary>
    public IReadOnlyList<PlanField> Fields { get; init; } = [];
}

/// <summary>One kind of step: the field that makes it one, and all that it may have.</summary>
internal sealed record StepKind(string Name, IReadOnlyList<PlanField> Fields)
{
    public string[] FieldNames { get; } = [.. Fields.Select(field => field.Name)];
}

/// <summary>The tables of what may stand in a plan.</summary>
internal static class PlanFormat
{
    private const int AttemptsMax = 1000;

    private static readonly PlanField Id = new("id", FieldType.Text, "By which others refer to it.");
    private static readonly PlanField Needs = new("needs", FieldType.Names, "The ids of the steps of the same list that end before it begins.");
    private static readonly PlanField KeepGoing = new("keep_going", FieldType.Boolean, "When it fails, what comes after it runs all the same.");
    private static readonly PlanField Timeout = new("timeout", FieldType.Duration, "How long it may take.");
    private static readonly PlanField Within = new("within", FieldType.Duration, "How long it waits at most.");

    private static readonly PlanField Retry = new("retry", FieldType.Fields, "How often and when it is tried again.")
    {
        Fields =
        [
            new("attempts", FieldType.Integer, "The first one counts.") { Min = 1, Max = AttemptsMax },
            new("delay", FieldType.Duration, "Before the second attempt."),
            new("factor", FieldType.Number, "Each further wait is so many times the one before it.") { Min = 1, Max = 100 },
            new("max", FieldType.Duration, "No wait is longer."),
            new("jitter", FieldType.Boolean, "Shortens each wait by a random part."),
        ],
    };

    private static readonly PlanField[] AfterUse =
    [
        Retry, Timeout,
        new("repeatable", FieldType.Boolean, "Doing it twice does no harm."),
        KeepGoing, Id, Needs,
        new("agent", FieldType.Text, "The agent that does it."),
    ];

    public static StepKind Action { get; } = new("use",
    [
        new("use", FieldType.Text, "provider.action") { IsRequired = true },
        new("with", FieldType.Map, "The action's parameters."),
        .. AfterUse,
    ]);

    public static StepKind OlderAction { get; } = new("provider",
    [
        new("provider", FieldType.Text, "The provider.") { IsRequired = true },
        new("action", FieldType.Text, "Its action.") { IsRequired = true },
        new("params", FieldType.Map, "The action's parameters."),
        .. AfterUse,
    ]);

    /// <summary>'each' comes before 'parallel', which is a field of it as well.</summary>
    public static IReadOnlyList<StepKind> Controls { get; } =
    [
        new("if",
        [
            new("if", FieldType.Condition, "true, false, or a reference to either.") { IsRequired = true },
            new("then", FieldType.Steps, "What is done when it is true.") { IsRequired = true },
            new("else", FieldType.Steps, "What is done when it is not."),
            Timeout, KeepGoing, Id, Needs,
        ]),
        new("each",
        [
            new("each", FieldType.Items, "A list, or a reference to one.") { IsRequired = true },
            new("steps", FieldType.Steps, "What is done for each item.") { IsRequired = true },
            new("parallel", FieldType.Integer, "How many items are worked on at once.") { Min = 1, Max = 1000 },
            new("max_failures", FieldType.Integer, "So many items may fail."),
            Timeout, KeepGoing, Id, Needs,
        ]),
        new("parallel",
        [
            new("parallel", FieldType.Branches, "Steps, and lists of steps, that run beside each other.") { IsRequired = true },
            Timeout, KeepGoing, Id, Needs,
        ]),
        new("wait",
        [
            new("wait", FieldType.Time, "A duration, a time, or an event.")
            {
                IsRequired = true,
                Fields = [new("event", FieldType.Text, "The event's name.") { IsRequired = true }, Within],
            },
            KeepGoing, Id, Needs,
        ]),
        new("approve",
        [
            new("approve", FieldType.Fields, "Waits for a person who says yes.")
            {
                IsRequired = true,
                Fields =
                [
                    new("ask", FieldType.Text, "The question.") { IsRequired = true },
                    new("by", FieldType.Names, "Roles, or users by the addresses they sign in with."),
                    Within,
                ],
            },
            KeepGoing, Id, Needs,
        ]),
        new("call",
        [
            new("call", FieldType.Fields, "Starts another plan.")
            {
                IsRequired = true,
                Fields =
                [
                    new("plan", FieldType.Text, "Its name.") { IsRequired = true },
                    new("with", FieldType.Map, "Its inputs."),
                    new("wait", FieldType.Boolean, "false: the step ends when the plan is started."),
                ],
            },
            Timeout, KeepGoing, Id, Needs,
        ]),
        new("stop",
        [
            new("stop", FieldType.Fields, "Ends the execution.")
            {
                IsRequired = true,
                Fields =
                [
                    new("status", FieldType.Text, "How it ends.") { Choices = ["succeeded", "failed", "cancelled"] },
                    new("message", FieldType.Text, "Why."),
                    new("output", FieldType.Value, "The execution's output."),
                ],
            },
            Id, Needs,
        ]),
        new("try",
        [
            new("try", FieldType.Steps, "What may fail.") { IsRequired = true },
            new("catch", FieldType.Steps, "What is done when it does."),
            new("finally", FieldType.Steps, "What is done in any case."),
            Timeout, KeepGoing, Id, Needs,
        ]),
    ];

    public static IReadOnlyList<PlanField> Input { get; } =
    [
        new("type", FieldType.Text, "The type of its value.") { Choices = [.. PlanNames.InputTypes.Keys] },
        new("default", FieldType.Value, "Used when none is given."),
        new("required", FieldType.Boolean, "Whether a start without it is refused."),
        new("description", FieldType.Text, "For whoever gives it."),
    ];

    public static IReadOnlyList<PlanField> Plan { get; } =
    [
        new("name", FieldType.Text, "Needed to save it."),
        new("description", FieldType.Text, "What it is for."),
        new("inputs", FieldType.Inputs, "The values it is started with."),
        new("on", FieldType.Triggers, "What starts it by itself."),
        new("concurrency", FieldType.Fields, "How many executions with the same key run at once.")
        {
            Fields =
            [
                new("key", FieldType.Text, "A text that may refer to inputs.") { IsRequired = true },
                new("limit", FieldType.Integer, "How many.") { Min = 1, Max = 1000 },
                new("when_full", FieldType.Text, "What becomes of one more.") { Choices = ["queue", "skip", "cancel_oldest"] },
            ],
        },
        new("budget", FieldType.Fields, "How much of AIs one execution may use.")
        {
            Fields =
            [
                new("tokens", FieldType.Integer, "Of questions and answers together.") { Min = 0, Max = 1_000_000_000_000 },
                new("cost", FieldType.Number, "As vendors say that their answers cost.") { Min = 0, Max = 1_000_000_000 },
            ],
        },
        new("timeout", FieldType.Duration, "How long an execution may take."),
        new("steps", FieldType.Steps, "What it does.") { IsRequired = true },
        new("on_failure", FieldType.Steps, "What it does when it failed."),
        new("notify", FieldType.Value, "Who is told how it ended: a list of {on, use, with, at_most_every}; empty when nobody is."),
    ];

    public static IReadOnlyList<PlanField> RetryFields => Retry.Fields;

    /// <summary>The names that make a step what it is.</summary>
    public static IReadOnlyList<string> KindNames { get; } = ["use", .. Controls.Select(kind => kind.Name)];

    /// <summary>The fields within a field of a control step: "wait", "approve".</summary>
    public static IReadOnlyList<PlanField> FieldsOf(string kind) => Controls.First(known => known.Name == kind).Fields[0].Fields;
}
