using System.Text.Json;
using Gantry.Hub.Web;

namespace Gantry.Hub.Transfers;

/// <summary>A saved transfer: a plan that is made from it, whose versions are its history.</summary>
internal sealed record TransferTemplate
{
    /// <summary>Which files, besides the options; null means all.</summary>
    public string? Pattern { get; init; }

    /// <summary>The pattern is among its options.</summary>
    public required TransferSpec Spec { get; init; }

    public static TransferTemplate Of(TemplateRequest request) => new()
    {
        Pattern = request.Pattern is { Length: > 0 } ? request.Pattern : null,
        Spec = TransferSpecs.Read(request),
    };

    public static TransferTemplate Parse(string json) => JsonSerializer.Deserialize<TransferTemplate>(json, HubJson.Options)!;

    public string ToJson() => JsonSerializer.Serialize(this, HubJson.Options);
}

/// <summary>A template as the API shows it.</summary>
/// <param name="Id">The plan's; GET /api/plans/{id}/versions lists what it was before.</param>
/// <param name="Pattern">Null means all files.</param>
/// <param name="To">More than one is a chain.</param>
/// <param name="Version">The plan's newest.</param>
internal sealed record TemplateView(
    Guid Id,
    string Name,
    string? Description,
    string Mode,
    IReadOnlyList<string> From,
    string? Pattern,
    IReadOnlyList<string> To,
    IReadOnlyDictionary<string, JsonElement> Options,
    int Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    public static TemplateView Of(TemplateRow row, TransferTemplate template) => new(
        row.Id, row.Name, row.Description, template.Spec.Mode, template.Spec.From, template.Pattern, template.Spec.To,
        template.Spec.Options.Where(option => template.Pattern is null || option.Key != "include").ToDictionary(StringComparer.Ordinal),
        row.Version, row.CreatedAt, row.UpdatedAt);
}
