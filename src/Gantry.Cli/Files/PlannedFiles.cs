using System.Text;
using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Settings;
using Gantry.Engine.Transfers;

namespace Gantry.Cli.Files;

/// <summary>What a dry run finds, printed file by file as it finds it: a line each, or the items of a JSON array.</summary>
internal sealed class PlannedFiles(bool asJson) : ITransferManifest, IDisposable
{
    private readonly Lock gate = new();
    private readonly StreamWriter output = new(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 64 * 1024) { NewLine = "\n" };
    private bool isBegun;

    public void Add(in ManifestEntry entry)
    {
        if (entry.Outcome is not (FileOutcome.Copied or FileOutcome.Deleted))
        {
            return;
        }

        lock (gate)
        {
            if (asJson)
            {
                output.Write(isBegun ? ",\n" : "{\"files\":[\n");
                output.Write(Json(entry));
                isBegun = true;
            }
            else
            {
                output.WriteLine(Line(entry));
            }
        }
    }

    /// <summary>Before anything else is printed. The document is completed by what is written after it: the members of the result.</summary>
    public void End()
    {
        lock (gate)
        {
            if (asJson)
            {
                output.Write(isBegun ? "\n]," : "{\"files\":[],");
            }

            output.Flush();
        }
    }

    public void Dispose() => output.Dispose();

    private static string Line(in ManifestEntry entry)
    {
        if (entry.Outcome == FileOutcome.Deleted)
        {
            return "delete  " + EndpointPath.Printable(entry.TargetPath ?? entry.Path);
        }

        var target = entry.TargetPath is { } path && path != entry.Path && !path.EndsWith("/" + entry.Path, StringComparison.Ordinal)
            ? " to " + EndpointPath.Printable(path)
            : "";
        return $"copy    {EndpointPath.Printable(entry.Path)}{target} ({ByteSize.Format(entry.Size ?? 0)})";
    }

    private static string Json(in ManifestEntry entry)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            ManifestJson.Write(json, entry);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
