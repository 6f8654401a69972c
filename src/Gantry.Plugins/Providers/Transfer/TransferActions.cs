using System.Text.Json;
using Gantry.Engine.Endpoints.Limits;
using Gantry.Engine.Providers;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Transfer;

/// <summary>The actions and what each of them takes.</summary>
internal static class TransferActions
{
    private static readonly Setting From = new()
    {
        Name = "from",
        Type = SettingType.Address,
        IsRequired = true,
        Help = "The folder or file to transfer, such as 'staging:/out' or 'sftp://host/path'.",
    };

    private static readonly Setting MoreFrom = new()
    {
        Name = "more_from",
        Type = SettingType.List,
        Items = SettingType.Address,
        Help = "Addresses of further folders or files that go to the same target.",
    };

    private static readonly Setting To = new()
    {
        Name = "to",
        Type = SettingType.Address,
        IsRequired = true,
        Help = "The folder that receives them; it is made when it is missing. For a single file it may be the file's new name. It may hold {year} {month} {day} {hour} {minute} {second} "
            + "{timestamp} {date:FORMAT} {execution}, and for each file {filename} {basename} {extension} {source.dir}.",
    };

    private static readonly Setting KeptFrom = new()
    {
        Name = "kept_from",
        Type = SettingType.List,
        Items = SettingType.Address,
        Help = "Addresses of further folders, each of which arrives in a folder of its own name.",
    };

    private static readonly Setting KeepName = Switch("keep_name", "A source folder arrives in a folder of its own name instead of only its content.");

    private static readonly Setting[] Selection =
    [
        new() { Name = "include", Type = SettingType.List, Help = "Only files that match one of these patterns, by rclone's rules: '*.jpg', '/top/**'." },
        new() { Name = "exclude", Type = SettingType.List, Help = "No files that match one of these patterns." },
        new() { Name = "filter", Type = SettingType.List, Help = "Rules '+ PATTERN' and '- PATTERN' in order; the first that matches decides." },
        Switch("ignore_case", "'A' and 'a' are the same to the patterns."),
        new() { Name = "min_age", Help = "Only files whose last change is at least so long ago, such as '30s', '2h', '1d', '2w', or was before '2026-01-31'." },
        new() { Name = "max_age", Help = "Only files whose last change is at most so long ago, such as '1d', or was after '2026-01-31'." },
        new() { Name = "min_size", Type = SettingType.Text, Help = "Only files at least so large, such as '64K' or '10M'." },
        new() { Name = "max_size", Type = SettingType.Text, Help = "Only files at most so large, such as '64K' or '10M'." },
    ];

    private static readonly Setting[] ByMetadata =
    [
        new() { Name = "metadata_include", Type = SettingType.List, Help = "Only files with such metadata (object stores): 'state=final', 'owner=*'." },
        new() { Name = "metadata_exclude", Type = SettingType.List, Help = "No files with such metadata." },
    ];

    private static readonly Setting BackupDir = new()
    {
        Name = "backup_dir",
        Help = "Keeps what would be overwritten or deleted: a folder in 'to', or the address of one on the same endpoint; it may hold {year} and such.",
    };

    private static readonly Setting[] Purging =
    [
        Switch("purge", "Once all has arrived, deletes at the target what this transfer neither brought nor found there."),
        new() { Name = "max_delete", Type = SettingType.Integer, Help = "With a purge: when more files would be deleted, none is, and the step fails." },
    ];

    private static readonly Setting[] Chosen =
    [
        new() { Name = "files", Type = SettingType.List, Help = "Only these files and folders, by their paths in 'from'; one that is not there is a failure." },
        new() { Name = "arrived_in", Type = SettingType.List, Help = "Only files that arrived by these transfers: 'EXECUTION/STEP', such as '${execution.id}/0' for the first step." },
        new() { Name = "failed_in", Type = SettingType.List, Help = "Only files that failed in these transfers: 'EXECUTION/STEP'." },
        new() { Name = "not_arrived_in", Type = SettingType.List, Help = "No files that arrived by these transfers: 'EXECUTION/STEP'." },
    ];

    private static readonly Setting[] Changing =
    [
        new()
        {
            Name = "change",
            Default = Text("size+time"),
            Choices = ["size+time", "checksum", "always", "never-overwrite"],
            Help = "When a file that is at the target already is sent again.",
        },
        new() { Name = "verify", Default = Text("size"), Choices = ["size", "checksum"], Help = "How each copy is proved." },
        new() { Name = "links", Default = Text("skip"), Choices = ["skip", "follow", "keep"], Help = "What becomes of symbolic links." },
        new() { Name = "no_match", Default = Text("succeed"), Choices = ["succeed", "fail"], Help = "Whether finding no file at all is a failure." },
        new() { Name = "metadata", Type = SettingType.Map, Help = "Metadata that each file gets at an object store, over what its source keeps." },
        new() { Name = "time_zone", Default = Text("UTC"), Help = "By whose clocks the variables in 'to' and timetables go, such as 'Europe/Berlin'." },
        new() { Name = "bandwidth", Help = $"What this step may take at most: {BandwidthTimetable.Form}." },
        new()
        {
            Name = "priority",
            Choices = ["low", "normal", "high", "urgent"],
            Help = "Who comes first at endpoints with limits; while an urgent transfer runs there, others rest. Without it the endpoints say.",
        },
        new() { Name = "parallel", Type = SettingType.Integer, Help = "Files in flight at once; without it as many as the endpoints like." },
        new() { Name = "parallel_source", Type = SettingType.Integer, Help = "Files that are read at once, when that is another number." },
        new() { Name = "parallel_target", Type = SettingType.Integer, Help = "Files that are written at once, when that is another number." },
        new() { Name = "retries", Type = SettingType.Integer, Default = JsonElement.Parse("5"), Help = "How often an operation is repeated that failed for a reason that may pass." },
        Switch("batch", "Small files travel in batches where the target has a shell with tar (SFTP); elsewhere they go one by one."),
        Switch("dry_run", "Tells what would be done, and does nothing."),
    ];

    public static IReadOnlyList<ProviderAction> All { get; } =
    [
        new()
        {
            Id = "copy",
            Help = "Copies files from one place to another; what is there unchanged already is not sent again.",
            Parameters = [From, To, MoreFrom, KeptFrom, KeepName, .. Selection, .. ByMetadata, .. Chosen, BackupDir, .. Purging, .. Changing],
            IsRepeatable = true,
        },
        new()
        {
            Id = "sync",
            Help = "Makes the target like the source: copies, then deletes what only the target has.",
            Parameters =
            [
                From, To,
                new() { Name = "max_delete", Type = SettingType.Integer, Help = "When more files would be deleted, none is, and the step fails." },
                BackupDir, .. Selection, .. Chosen, .. Changing,
            ],
            IsRepeatable = true,
        },
        new()
        {
            Id = "move",
            Help = "Copies files, and deletes each at the source once its copy is verified.",
            Parameters = [From, To, MoreFrom, KeptFrom, KeepName, .. Selection, .. ByMetadata, .. Chosen, BackupDir, .. Purging, .. Changing],
            IsRepeatable = true,
        },
        new()
        {
            Id = "list",
            Help = "Lists the files of a folder with their sizes and times.",
            Parameters =
            [
                From with { Help = "The folder to list." },
                Switch("recursive", "Lists the folders in it as well."),
                new() { Name = "limit", Type = SettingType.Integer, Default = JsonElement.Parse("10000"), Help = "How many entries are listed at most." },
                .. Selection,
            ],
            IsRepeatable = true,
        },
        new()
        {
            Id = "delete",
            Help = "Deletes a file, or the files of a folder that the selection includes and the folders that are empty then.",
            Parameters = [From with { Help = "The file, or the folder whose content is deleted; the folder itself stays." }, .. Selection, Changing[^1]],
            IsRepeatable = true,
        },
    ];

    private static Setting Switch(string name, string help) => new() { Name = name, Type = SettingType.Boolean, Default = JsonElement.Parse("false"), Help = help };

    private static JsonElement Text(string value) => JsonElement.Parse($"\"{value}\"");
}
