using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Texts;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Csv;

/// <summary>Tables as text (RFC 4180), read and written.</summary>
public sealed class CsvProvider : IProvider
{
    private const int RowsMax = 1_000_000;

    private static readonly Setting Delimiter = new() { Name = "delimiter", Default = Scalars.Text(","), Help = "What stands between two fields: one character, or 'tab'." };

    public string Id => "csv";

    public string Title => "CSV";

    public string Help => "Reads and writes tables as CSV.";

    public IReadOnlyList<ProviderAction> Actions { get; } =
    [
        new()
        {
            Id = "parse",
            Help = "Reads CSV into rows.",
            Parameters =
            [
                .. TextFile.Reading,
                Delimiter,
                new() { Name = "header", Type = SettingType.Boolean, Default = Scalars.True, Help = "Whether the first row has the names of the columns; rows are maps then, and lists otherwise." },
                new() { Name = "columns", Type = SettingType.List, Items = SettingType.Text, Help = "The names of the columns, where there is no header or in its place." },
                new() { Name = "ragged", Type = SettingType.Boolean, Default = Scalars.False, Help = "true takes rows with too few fields, whose other fields are null; false refuses them." },
                new() { Name = "max_rows", Type = SettingType.Integer, Default = JsonElement.Parse("100000"), Help = "More rows are refused." },
            ],
            IsRepeatable = true,
        },
        new()
        {
            Id = "build",
            Help = "Writes rows as CSV.",
            Parameters =
            [
                new() { Name = "rows", Type = SettingType.List, IsRequired = true, Help = "The rows: maps of column names and values, or lists of values." },
                new() { Name = "columns", Type = SettingType.List, Items = SettingType.Text, Help = "The columns and their order; all that occur in the rows when none are given." },
                new() { Name = "header", Type = SettingType.Boolean, Default = Scalars.True, Help = "Whether the names of the columns come first." },
                Delimiter,
                new() { Name = "line_end", Default = Scalars.Text("crlf"), Choices = ["crlf", "lf"], Help = "How lines end; crlf is what the standard says." },
                new() { Name = "guard_formulas", Type = SettingType.Boolean, Default = Scalars.False, Help = "Puts a ' before texts that a spreadsheet would take for a formula (=, +, -, @)." },
                TextFile.To,
                TextFile.Encoding,
            ],
            IsRepeatable = true,
        },
    ];

    public async Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var parameters = new HttpCall(call);
        var delimiter = DelimiterOf(parameters);
        if (call.Action == "build")
        {
            return await TextFile.WriteAsync(call, parameters, new CsvWriter(parameters, delimiter).Write(cancellationToken), cancellationToken);
        }

        var text = await TextFile.ReadAsync(call, parameters, cancellationToken);
        using var rows = new CsvRows(
            parameters.Find("header") is not { ValueKind: JsonValueKind.False },
            NamesOf(parameters),
            parameters.Find("ragged") is { ValueKind: JsonValueKind.True },
            ServerParameters.NumberOf(parameters, "max_rows", 100_000, 0, RowsMax));
        foreach (var (fields, line) in new CsvReader(text, delimiter).Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            rows.Add(fields, line);
        }

        return ProviderResult.Success(rows.ToJson(), $"{rows.Count} row{(rows.Count == 1 ? "" : "s")}.");
    }

    /// <summary>Null when none are given.</summary>
    internal static IReadOnlyList<string>? NamesOf(HttpCall parameters) =>
        parameters.Find("columns")?.EnumerateArray().Select(item => Scalars.Convert(SettingType.Text, item) is { } name && Scalars.TextOf(name) is { } text
            ? text
            : throw HttpCall.Bad("'columns' is a list of names.")).ToList();

    private static char DelimiterOf(HttpCall parameters) => parameters.FindText("delimiter") switch
    {
        null => ',',
        "tab" or "\\t" => '\t',
        { Length: 1 } one when one[0] is not ('"' or '\r' or '\n') => one[0],
        _ => throw HttpCall.Bad("'delimiter' is one character that is no quote and no line break, or 'tab'."),
    };
}
