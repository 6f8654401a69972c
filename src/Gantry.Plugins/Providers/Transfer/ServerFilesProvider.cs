using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Transfer;

/// <summary>
/// Files of a server that a step names by its host and login, without an endpoint that was saved before: transfers to it and from it, with all that 'transfer' knows. The
/// server's settings are those of its kind of endpoint.
/// </summary>
public sealed class ServerFilesProvider(string title, EndpointKind kind) : IProvider
{
    private static readonly string[] elsewhere = ["from", "to", "more_from", "kept_from", "backup_dir", "parallel_source", "parallel_target"];

    private readonly TransferProvider transfer = new();

    public string Id => kind.Id;

    public string Title => title;

    public string Help => $"Sends files to servers, fetches and lists them, by {title}.";

    public string Category => transfer.Category;

    public IReadOnlyList<ProviderAction> Actions => field ??=
    [
        Action(
            "upload", "copy", "Sends a file or a folder to the server.",
            new() { Name = "from", Type = SettingType.Address, IsRequired = true, Help = "What is sent: the address of a file or a folder, such as /srv/out or name:path of a saved endpoint." },
            PathOf("The folder on the server that receives it; for a single file it may be the file's new name.", isRequired: true)),
        Action(
            "download", "copy", "Fetches a file or a folder from the server.",
            PathOf("The file or folder on the server.", isRequired: true),
            new() { Name = "to", Type = SettingType.Address, IsRequired = true, Help = "The address of the folder that receives it; for a single file it may be the file's new name." }),
        Action("list", "list", "Gives the files of a folder on the server.", PathOf("The folder on the server; the login's own when none is given.", isRequired: false)),
    ];

    public Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var parameters = new HttpCall(call);
        ServerParameters.HostOf(parameters);
        var given = from setting in kind.Settings
                    where setting.Name != NamedAddress.PathSetting
                    let value = parameters.FindText(setting.Name)
                    where value is not null
                    select KeyValuePair.Create(setting.Name, value);
        var settings = new EndpointSettings { Kind = kind.Id, Values = given.ToDictionary(StringComparer.Ordinal) };
        kind.Check(settings);
        var opener = new ServerOpener(call.Endpoints, settings);
        var rest = call.Parameters.EnumerateObject().Where(property => property.Name != NamedAddress.PathSetting && !settings.Values.ContainsKey(property.Name))
            .ToDictionary(property => property.Name, property => property.Value, StringComparer.Ordinal);
        rest[call.Action == "upload" ? "to" : "from"] = Scalars.Text(opener.AddressOf(parameters.FindText(NamedAddress.PathSetting) ?? ""));
        return transfer.RunAsync(
            call with { Action = call.Action == "list" ? "list" : "copy", Endpoints = opener, Parameters = JsonSerializer.SerializeToElement(rest) }, cancellationToken);
    }

    private static Setting PathOf(string help, bool isRequired) => new()
    {
        Name = NamedAddress.PathSetting,
        IsRequired = isRequired,
        Help = help + " It begins with '/', or is below the login's own folder.",
    };

    private ProviderAction Action(string id, string done, string help, params Setting[] places)
    {
        var known = TransferActions.All.First(action => action.Id == done);
        Setting[] server = [.. kind.Settings.Where(setting => setting.Name != NamedAddress.PathSetting), .. places];
        return known with
        {
            Id = id,
            Help = help,
            Parameters = [.. server, .. known.Parameters.Where(setting => !elsewhere.Contains(setting.Name) && Array.TrueForAll(server, own => own.Name != setting.Name))],
        };
    }
}
