using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Gantry.Hub.Database;
using Gantry.Hub.Endpoints;
using Gantry.Hub.Web;

namespace Gantry.Hub.Transfers;

/// <summary>A transfer to start.</summary>
internal sealed record NewTransferRequest
{
    /// <summary>What the history shows it as; null leaves it without a name.</summary>
    public string? Name { get; init; }

    /// <summary>"copy" (the default), "sync" or "move".</summary>
    public string? Mode { get; init; }

    /// <summary>An address, or a list of them: NAME:PATH of a saved endpoint, or one of a kind.</summary>
    public required JsonElement From { get; init; }

    /// <summary>An address; or the targets of a chain in their order, each of which gives what arrived there to the next.</summary>
    public required JsonElement To { get; init; }

    /// <summary>Only these files and folders, by their paths in 'from'; one that is not there is a failure.</summary>
    public IReadOnlyList<string>? Files { get; init; }

    /// <summary>Parameters of the action: GET /api/providers/transfer/actions.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Options { get; init; }
}

/// <summary>A template to save. Its name is given by the path when it is changed.</summary>
internal sealed record TemplateRequest
{
    /// <summary>The plan's name.</summary>
    public string? Name { get; init; }

    /// <summary>What it is for.</summary>
    public string? Description { get; init; }

    /// <inheritdoc cref="NewTransferRequest.Mode"/>
    public string? Mode { get; init; }

    /// <inheritdoc cref="NewTransferRequest.From"/>
    public required JsonElement From { get; init; }

    /// <summary>Only files that match, such as "*.jpg" or "/out/**"; null means all.</summary>
    public string? Pattern { get; init; }

    /// <inheritdoc cref="NewTransferRequest.To"/>
    public required JsonElement To { get; init; }

    /// <inheritdoc cref="NewTransferRequest.Options"/>
    public IReadOnlyDictionary<string, JsonElement>? Options { get; init; }
}

/// <summary>What may be said when a template is run.</summary>
internal sealed record TemplateRunRequest
{
    /// <inheritdoc cref="NewTransferRequest.Files"/>
    public IReadOnlyList<string>? Files { get; init; }
}

/// <summary>What requests say, held against what there is.</summary>
internal static class TransferSpecs
{
    private const int AddressesMax = 100;
    private const int FilesMax = 100_000;
    private const int NameMax = 200;
    private static readonly string[] Modes = ["copy", "sync", "move"];
    private static readonly string[] NoOptions = ["from", "to", "more_from", "files", "arrived_in", "failed_in", "not_arrived_in"];

    public static TransferSpec Read(NewTransferRequest request) => Read(request.Mode, request.From, request.To, request.Files, request.Options);

    public static TransferSpec Read(TemplateRequest request)
    {
        var options = new Dictionary<string, JsonElement>(request.Options ?? new Dictionary<string, JsonElement>(), StringComparer.Ordinal);
        if (request.Pattern is { Length: > 0 } pattern && !options.TryAdd("include", JsonSerializer.SerializeToElement<string[]>([pattern])))
            throw ProblemException.Invalid("The files are chosen by 'pattern' or by the option 'include', not by both.");
        return Read(request.Mode, request.From, request.To, null, options);
    }

    /// <summary>The same for these files only; null leaves it at all.</summary>
    public static TransferSpec WithFiles(TransferSpec spec, IReadOnlyList<string>? files) =>
        files is null ? spec : spec with { Files = CheckFiles(files) };

    /// <exception cref="ProblemException">The name is none.</exception>
    public static string? CheckName(string? name) => name is null || (name.Length is > 0 and <= NameMax && !name.Any(char.IsControl) && name.Trim() == name)
        ? name
        : throw ProblemException.Invalid($"A name has 1 to {NameMax} characters, none of them a control character, and no space at its ends.");

    /// <summary>Refuses addresses that name nothing here. Whether the user may use what they name is decided when it is opened.</summary>
    public static async Task CheckAsync(TransferSpec spec, HubSession session, EndpointAccess access, CancellationToken cancellationToken)
    {
        var targets = TransferStarter.Fix(spec, Guid.CreateVersion7()).To.Select(TransferPlan.RootOf);
        foreach (var address in spec.From.Concat(targets).Where(address => !address.Contains("${", StringComparison.Ordinal)))
        {
            if (!NamedAddress.TryParse(address, out var named))
                Check(access, address);
            else if (await EndpointStore.FindAsync(session, named.Name, cancellationToken) is null)
                throw new ProblemException(422, $"There is no endpoint '{named.Name}' in this workspace. Save one of this name, or name another.");
        }
    }

    private static void Check(EndpointAccess access, string address)
    {
        try
        {
            access.Parse(address);
        }
        catch (EndpointException wrong)
        {
            throw new ProblemException(422, wrong.Message);
        }
    }

    private static TransferSpec Read(
        string? mode, JsonElement from, JsonElement to, IReadOnlyList<string>? files, IReadOnlyDictionary<string, JsonElement>? options)
    {
        var spec = new TransferSpec
        {
            Mode = mode is null ? "copy" : Modes.Contains(mode) ? mode : throw ProblemException.Invalid("The field 'mode' is \"copy\", \"sync\" or \"move\"."),
            From = Addresses("from", from),
            To = Addresses("to", to),
            Files = files is null ? null : CheckFiles(files),
            Options = options ?? new Dictionary<string, JsonElement>(StringComparer.Ordinal),
        };
        if (spec.Options.Keys.FirstOrDefault(NoOptions.Contains) is { } taken)
            throw ProblemException.Invalid($"'{taken}' is no option. What is moved is said by 'from', 'to' and 'files'.");
        if (spec.IsChain && spec.Mode != "copy")
            throw ProblemException.Invalid("A chain copies: what is deleted at one place could not go on from there. Take \"copy\", or one target.");
        if (spec.IsChain && spec.Options.TryGetValue("dry_run", out var rehearsal) && rehearsal.ValueKind != JsonValueKind.False)
            throw ProblemException.Invalid("A chain cannot be rehearsed, since each link takes what arrived at the one before. Rehearse its first link.");
        return spec;
    }

    private static IReadOnlyList<string> CheckFiles(IReadOnlyList<string> files)
    {
        if (files.Count > FilesMax)
            throw ProblemException.Invalid($"At most {FilesMax} files are named in one request. Name their folders, or choose by 'include'.");
        try
        {
            _ = new PathSet(files.Select(file => file is { Length: > 0 } ? file : throw ProblemException.Invalid("Each of 'files' is the path of a file or folder in 'from'.")));
            return files;
        }
        catch (EndpointException wrong)
        {
            throw ProblemException.Invalid(wrong.Message);
        }
    }

    private static IReadOnlyList<string> Addresses(string field, JsonElement value)
    {
        IReadOnlyList<string?> found = value.ValueKind switch
        {
            JsonValueKind.String => [value.GetString()],
            JsonValueKind.Array => [.. value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String ? item.GetString() : null)],
            _ => [],
        };
        return found.Count is > 0 and <= AddressesMax && found.All(address => !string.IsNullOrWhiteSpace(address) && !address.Contains('\0'))
            ? [.. found.OfType<string>()]
            : throw ProblemException.Invalid($"The field '{field}' is an address, or a list of 1 to {AddressesMax} of them.");
    }
}
