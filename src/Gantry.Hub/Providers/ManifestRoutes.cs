using System.Text;
using Gantry.Engine.Documents;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Manifests;
using Gantry.Engine.Providers.OpenApi;
using Gantry.Hub.Accounts;
using Gantry.Hub.Audit;
using Gantry.Hub.Database;
using Gantry.Hub.Web;

namespace Gantry.Hub.Providers;

/// <summary>Own providers of this hub: manifests that administrators write or make of OpenAPI documents, for all workspaces.</summary>
internal static class ManifestRoutes
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static async Task<IResult> ShowAsync(string id, Caller caller, ProviderCatalog catalog, HubDatabase database, OwnProviders own, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var text = catalog.ShippedManifest(id) ?? FileText(id, own) ?? (ManifestReader.IsId(id) ? await ManifestStore.FindAsync(session, id, cancellationToken) : null)
            ?? throw ProblemException.NotFound($"There is no manifest of a provider '{EndpointPath.Printable(id)}'.");
        return Results.Text(text, "application/yaml", Encoding.UTF8);
    }

    public static async Task<IResult> PutAsync(
        string id, HttpContext context, Caller caller, ProviderCatalog catalog, HubDatabase database, OwnProviders own, CancellationToken cancellationToken)
    {
        var text = await ReadTextAsync(context.Request, cancellationToken);
        var isNew = await SaveAsync(id, text, context, caller, catalog, database, own, cancellationToken);
        var provider = catalog.Find(id) ?? throw ProblemException.Conflict($"The provider '{id}' was saved, and removed by somebody else at once.");
        var view = ProviderView.Of(provider, catalog);
        return isNew ? Results.Created($"/api/providers/{id}", view) : Results.Ok(view);
    }

    public static async Task<IResult> DeleteAsync(
        string id, HttpContext context, Caller caller, ProviderCatalog catalog, HubDatabase database, OwnProviders own, CancellationToken cancellationToken)
    {
        if (!ManifestReader.IsId(id))
            return Results.NoContent();
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        // One that was saved before the program or the folder had the id is not used, and goes.
        if (await ManifestStore.DeleteAsync(session, id, cancellationToken))
        {
            await AuditLog.AppendAsync(session, context, "provider.deleted", id, new { }, cancellationToken);
            await session.CommitAsync(cancellationToken);
            await own.LoadAsync(cancellationToken);
            return Results.NoContent();
        }

        if (catalog.IsShipped(id))
            throw ProblemException.Conflict($"The provider '{id}' is a part of this program, and stays.");
        if (own.IsFile(id))
            throw ProblemException.Conflict($"The provider '{id}' lies as a file in the hub's data folder. Remove it there.");
        return Results.NoContent();
    }

    public static async Task<ImportAnswer> ImportAsync(
        HttpContext context, Caller caller, ImportRequest request, ProviderCatalog catalog, HubDatabase database, WorkspaceEgress egress, OwnProviders own, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var (document, readFrom) = await FetchAsync(request, await egress.AllowedAsync(caller.Actor, cancellationToken), clock, cancellationToken);
        var options = new OpenApiOptions { Id = request.Id, BaseUrl = request.BaseUrl, ReadFrom = readFrom, Today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime) };
        var imported = Import(document, options);
        if (!ManifestReader.IsId(imported.Id))
            throw ProblemException.Invalid($"'{EndpointPath.Printable(imported.Id)}' cannot be a provider's id: lower-case letters, digits, '_' and '-', at most 49. Give another 'id'.");
        if (await FindAsync(imported.Id) is { } previous)
            imported = Import(document, options with { Previous = previous });
        if (imported.Manifest is { } manifest)
        {
            Check(imported.Id, manifest);
            if (request.Save)
                await SaveAsync(imported.Id, manifest, context, caller, catalog, database, own, cancellationToken);
        }

        return new ImportAnswer(
            imported.Id, imported.Manifest, imported.ActionCount, imported.Warnings, imported.Question, imported.BaseUrlChoices, imported.Changes, request.Save && imported.Manifest is not null);

        async Task<string?> FindAsync(string id)
        {
            await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
            return await ManifestStore.FindAsync(session, id, cancellationToken);
        }
    }

    private static string? FileText(string id, OwnProviders own)
    {
        try
        {
            return own.FileText(id);
        }
        catch (ManifestException wrong)
        {
            throw new ProblemException(422, $"The file of the provider '{id}' cannot be shown: {EndpointPath.Printable(wrong.Findings[0].Message)}");
        }
    }

    private static async Task<(byte[] Document, Uri? ReadFrom)> FetchAsync(ImportRequest request, IReadOnlyList<string> egressAllowed, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (request.Document is null == request.Url is null)
            throw ProblemException.Invalid("Give either 'document', the text of an OpenAPI document, or 'url', where it is.");
        if (request.Document is { } text)
            return (Encoding.UTF8.GetBytes(text), null);
        try
        {
            return await DocumentDownload.ReadAsync(request.Url!, egressAllowed, clock, cancellationToken);
        }
        catch (ProviderException failed)
        {
            throw ProblemException.Invalid($"The document was not read: {EndpointPath.Printable(failed.Message)}");
        }
    }

    private static ImportedProvider Import(byte[] document, OpenApiOptions options)
    {
        try
        {
            return OpenApiImport.Read(document, options);
        }
        catch (DocumentException wrong)
        {
            throw ProblemException.Invalid($"The document cannot be imported: {wrong.Position.Line}:{wrong.Position.Column}: {EndpointPath.Printable(wrong.Message)}");
        }
    }

    /// <summary>Whether it is a new one.</summary>
    private static async Task<bool> SaveAsync(
        string id, string text, HttpContext context, Caller caller, ProviderCatalog catalog, HubDatabase database, OwnProviders own, CancellationToken cancellationToken)
    {
        if (OwnManifests.Taken(id, catalog) is { } taken)
            throw ProblemException.Conflict($"Nothing was saved: {taken}");
        if (own.IsFile(id))
            throw ProblemException.Conflict($"Nothing was saved: the provider '{id}' lies as a file in the hub's data folder. Change it there.");
        Check(id, text);
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var isNew = await ManifestStore.SaveAsync(session, id, text, cancellationToken);
        await AuditLog.AppendAsync(session, context, isNew ? "provider.created" : "provider.changed", id, new { }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        await own.LoadAsync(cancellationToken);
        return isNew;
    }

    private static void Check(string id, string text)
    {
        if (ManifestReader.Check(text, id + OwnManifests.Extension) is { Count: > 0 } findings)
            throw ProblemException.Invalid("The manifest cannot be used.\n" + string.Join('\n', findings.Select(finding => EndpointPath.Printable(finding.ToString()))));
    }

    private static async Task<string> ReadTextAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        await request.Body.CopyToAsync(content, cancellationToken);
        try
        {
            var text = StrictUtf8.GetString(content.GetBuffer().AsSpan(0, (int)content.Length));
            return text.Trim().Length > 0 && !text.Contains('\0', StringComparison.Ordinal) ? text : throw ProblemException.Invalid("The body is empty or no text; this route needs a manifest.");
        }
        catch (DecoderFallbackException)
        {
            throw ProblemException.Invalid("The body is not UTF-8.");
        }
    }
}

/// <param name="Document">The text of an OpenAPI 3 or Swagger 2 document; or else <paramref name="Url"/>.</param>
/// <param name="Url">Where the document is; within what the workspace may reach.</param>
/// <param name="Id">What steps call the provider by; made of the title when left out.</param>
/// <param name="BaseUrl">Where the API is, when the document does not say, or says another place.</param>
/// <param name="Save">Stores the manifest when there is no question left.</param>
internal sealed record ImportRequest(string? Document = null, string? Url = null, string? Id = null, string? BaseUrl = null, bool Save = false);

/// <param name="Manifest">Null while there is a question.</param>
/// <param name="Warnings">Flaws of the document, and what was made of them.</param>
/// <param name="Question">Why the base URL has to be said; null when it need not be.</param>
/// <param name="Changes">What is another than in the manifest that was saved under this id.</param>
internal sealed record ImportAnswer(
    string Id, string? Manifest, int ActionCount, IReadOnlyList<string> Warnings, string? Question, IReadOnlyList<string> BaseUrlChoices, IReadOnlyList<string> Changes, bool Saved);
