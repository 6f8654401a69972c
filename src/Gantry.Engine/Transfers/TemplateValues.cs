using System.Globalization;
using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>What the variables of a path template mean for one transfer: its time, by the clocks of a zone, and its execution.</summary>
/// <param name="At">When the transfer begins.</param>
/// <param name="Zone">By whose clocks; null is this machine's, whose zone is looked up only when a variable asks for it.</param>
/// <param name="Execution">The execution's id; null where there is none, and "{execution}" is an error then.</param>
public sealed record TemplateValues(DateTimeOffset At, TimeZoneInfo? Zone, string? Execution)
{
    private DateTimeOffset Local => TimeZoneInfo.ConvertTime(At, Zone ?? TimeZoneInfo.Local);

    internal string Text(string format) => Local.ToString(format.Length == 1 ? "%" + format : format, CultureInfo.InvariantCulture);

    internal string ExecutionOf(string template) => Execution
        ?? throw new EndpointException(EndpointError.BadSetting, $"'{{execution}}' in '{EndpointPath.Printable(template)}' means nothing here: there is no execution.");
}
