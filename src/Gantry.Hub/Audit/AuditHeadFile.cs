using System.Text.Json;
using Gantry.Engine.Audit;
using Gantry.Engine.Files;
using Gantry.Hub.Database;
using Gantry.Hub.Keys;

namespace Gantry.Hub.Audit;

/// <summary>Where the chain ends, as this hub last saw it, kept outside the database: a database that was rolled back or cut does not know better.</summary>
internal sealed class AuditHeadFile(KeyOptions options)
{
    private string File => Path.Combine(options.Folder, "audit-head.json");

    /// <summary>Null when this hub has sealed nothing yet.</summary>
    /// <exception cref="HubStartException">The file is not one that a hub wrote.</exception>
    public ChainEnd? Read()
    {
        if (!System.IO.File.Exists(File)) return null;
        try
        {
            var kept = JsonSerializer.Deserialize<Kept>(System.IO.File.ReadAllBytes(File), HubJsonOptions);
            if (kept is { Position: > 0 } && Convert.FromHexString(kept.Hash) is { Length: 32 } hash) return new ChainEnd(kept.Position, hash);
        }
        catch (Exception broken) when (broken is JsonException or FormatException)
        {
            // Said below.
        }

        throw new HubStartException($"The file '{File}' does not say where the audit log ends. Restore it from a backup; if you delete it, "
            + "the hub takes the database's word, and cannot tell whether the end of the log was cut off.");
    }

    public void Write(ChainEnd end) => WholeFile.Replace(File, JsonSerializer.SerializeToUtf8Bytes(new Kept(end.Position, Convert.ToHexStringLower(end.Hash)), HubJsonOptions));

    private static JsonSerializerOptions HubJsonOptions => Web.HubJson.Options;

    private sealed record Kept(long Position, string Hash);
}

/// <summary>The last entry of the chain; position 0 is an empty chain's.</summary>
internal sealed record ChainEnd(long Position, byte[] Hash)
{
    public static ChainEnd Beginning { get; } = new(0, AuditEntry.Beginning);
}
