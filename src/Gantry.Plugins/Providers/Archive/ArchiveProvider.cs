using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Archive;

/// <summary>Zip and tar archives between any two endpoints. What comes out of an archive is a stranger's: nothing of it is written before all of it was looked at.</summary>
public sealed class ArchiveProvider : IProvider
{
    private static readonly Setting Archive = new() { Name = "from", Type = SettingType.Address, IsRequired = true, Help = "The archive: the address of a file." };

    private static readonly IReadOnlyList<Setting> Bounds =
    [
        new() { Name = "max_files", Type = SettingType.Integer, Default = JsonElement.Parse("10000"), Help = $"More entries are refused; at most {ArchiveBounds.FilesMost:N0}." },
        new() { Name = "max_bytes", Default = Scalars.Text("4G"), Help = "More is refused, of the archive as of what is in it: a number of bytes, or one with a unit such as 500M." },
        new() { Name = "max_ratio", Type = SettingType.Integer, Default = JsonElement.Parse("200"), Help = "How many times the archive's size its content may have, beyond the first 10 MiB." },
    ];

    public string Id => "archive";

    public string Title => "Archive";

    public string Help => "Packs files into zip and tar archives, and unpacks them.";

    public string Category => "Storage & files";

    public IReadOnlyList<ProviderAction> Actions { get; } =
    [
        new()
        {
            Id = "create",
            Help = "Packs a folder, or one file, into an archive.",
            Parameters =
            [
                new() { Name = "from", Type = SettingType.Address, IsRequired = true, Help = "What is packed: the address of a folder or a file." },
                new() { Name = "to", Type = SettingType.Address, IsRequired = true, Help = "The archive: the address of a file, whose folder is there. An old one is replaced when the new one is whole." },
                new() { Name = "format", Choices = ["zip", "tar", "tar.gz"], Help = "As the archive's name says when none is given." },
                new() { Name = "include", Type = SettingType.List, Items = SettingType.Text, Help = "Patterns of files to pack, as transfers know them; all when none is given." },
                new() { Name = "exclude", Type = SettingType.List, Items = SettingType.Text, Help = "Patterns of what is left out." },
            ],
            IsRepeatable = true,
        },
        new()
        {
            Id = "extract",
            Help = "Unpacks an archive into a folder.",
            Parameters =
            [
                Archive,
                new() { Name = "to", Type = SettingType.Address, IsRequired = true, Help = "The folder that it is unpacked into; it is made when it is not there." },
                new() { Name = "overwrite", Type = SettingType.Boolean, Default = Scalars.True, Help = "false fails when a file is there already, before anything is written." },
                .. Bounds,
            ],
            IsRepeatable = true,
        },
        new()
        {
            Id = "list",
            Help = "Tells what is in an archive, and whether it is whole.",
            Parameters = [Archive, .. Bounds],
            IsRepeatable = true,
        },
    ];

    public Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var parameters = new HttpCall(call);
        return call.Action switch
        {
            "create" => ArchiveCreation.RunAsync(call, parameters, cancellationToken),
            "extract" => ArchiveExtraction.RunAsync(call, parameters, cancellationToken),
            "list" => ArchiveExtraction.ListAsync(call, parameters, cancellationToken),
            _ => throw HttpCall.Bad($"The provider 'archive' has no action '{call.Action}'."),
        };
    }
}
