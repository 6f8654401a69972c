using System.Text.Json;
using Gantry.Engine.Documents;

namespace Gantry.Engine.Plans;

/// <summary>
/// Reads plans from YAML and JSON, which are the same model. It never throws for what a document holds: all that is wrong with it comes out as findings. A step is written
/// "use: provider.action" and "with:", or in the older form with "provider", "action" and "params".
/// </summary>
public static class PlanReader
{
    /// <summary>Larger plans are refused before they are looked at.</summary>
    public const int BytesMax = 1024 * 1024;

    private static readonly DocumentLimits Limits = new() { BytesMax = BytesMax };

    public static PlanDocument Read(ReadOnlySpan<byte> utf8, DocumentFormat format = DocumentFormat.Any)
    {
        try
        {
            return Read(DocumentReader.Read(utf8, format, Limits));
        }
        catch (DocumentException exception)
        {
            return Unreadable(exception);
        }
    }

    public static PlanDocument Read(string text, DocumentFormat format = DocumentFormat.Any)
    {
        try
        {
            return Read(DocumentReader.Read(text, format, Limits));
        }
        catch (DocumentException exception)
        {
            return Unreadable(exception);
        }
    }

    /// <summary>A plan inside another document, such as a request's body. Lines and columns count from where the plan begins.</summary>
    public static PlanDocument Read(JsonElement plan) => Read(plan.GetRawText(), DocumentFormat.Json);

    private static PlanDocument Read(DocumentNode root)
    {
        var source = new SourceMap();
        source.Add("", root);
        var findings = new List<PlanFinding>();
        var plan = new PlanBuilder(new FieldReader(source, findings)).Build(root);
        return new PlanDocument(plan, source, findings);
    }

    private static PlanDocument Unreadable(DocumentException exception) =>
        new(null, new SourceMap(), [new("", exception.Position.Line, exception.Position.Column, exception.Message)]);
}
