using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Gantry.Hub.Database;

/// <summary>One step of the schema, from a file NNNN_name.sql of this program.</summary>
internal sealed record Migration(int Version, string Name, string Sql)
{
    public string Checksum => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));

    /// <summary>Every migration of this program, in order. Numbers run from 1 without a gap.</summary>
    public static IReadOnlyList<Migration> All { get; } = Read(Assembly.GetExecutingAssembly());

    private static List<Migration> Read(Assembly assembly)
    {
        const string prefix = "Gantry.Hub.Database.Migrations.";
        var migrations = assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
                var file = name[prefix.Length..^".sql".Length];
                return new Migration(int.Parse(file.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture), file[5..], reader.ReadToEnd());
            })
            .OrderBy(migration => migration.Version).ToList();
        for (var i = 0; i < migrations.Count; i++)
        {
            if (migrations[i].Version != i + 1)
                throw new InvalidOperationException($"The migration {migrations[i].Version:0000}_{migrations[i].Name} should have the number {i + 1:0000}.");
        }

        return migrations;
    }
}
