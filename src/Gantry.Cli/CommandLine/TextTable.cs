using System.Text;
using Gantry.Engine.Endpoints;

namespace Gantry.Cli.CommandLine;

/// <summary>Rows in columns as wide as they need to be, for a person; programs read --json.</summary>
internal static class TextTable
{
    public static void Print(IReadOnlyList<string> titles, IReadOnlyList<IReadOnlyList<string?>> rows)
    {
        var shown = rows.Select(row => row.Select(cell => EndpointPath.Printable(cell ?? "-")).ToArray()).Prepend([.. titles]).ToList();
        var widths = titles.Select((_, column) => shown.Max(row => row[column].Length)).ToArray();
        StringBuilder text = new();
        foreach (var row in shown)
        {
            var line = string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column])));
            text.Append(line.TrimEnd()).Append('\n');
        }

        Console.Out.Write(text);
    }
}
