using System.Text.Json.Nodes;
using Gantry.Hub.Web;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Gantry.Hub.Operations;

/// <summary>The description of the API at /api/openapi.json, and a page of it for people at /api/docs.</summary>
internal static class ApiDocument
{
    private const string Name = "v1";
    private const string Problem = "Problem";

    public static void AddApiDocument(this IServiceCollection services) => services.AddOpenApi(Name, options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.ShouldInclude = _ => true;
        options.AddDocumentTransformer(DescribeAsync);
        options.AddOperationTransformer(DescribeAsync);
    });

    public static void MapApiDocument(this WebApplication app)
    {
        app.MapOpenApi("/api/openapi.json").WithMetadata(Access.Anyone);
        app.MapApiPage(Name);
    }

    private static Task DescribeAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Gantry",
            Version = typeof(ApiDocument).Assembly.GetName().Version!.ToString(3),
            Description = "Moves files between any two places and runs plans of steps, durably. JSON in snake_case; times are RFC 3339 in UTC; lists are paged: "
                + "'next' is given back as ?after=. Every error is a problem (RFC 9457) whose 'detail' is a sentence. A user of several workspaces names one "
                + "with the header Gantry-Workspace.",
        };
        document.Servers = [];
        document.Tags = null;
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            ["bearer"] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "A session's token from POST /api/sign-in, or an API key (gty_…).",
            },
        };
        document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal);
        document.Components.Schemas[Problem] = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "What went wrong (RFC 9457).",
            Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
            {
                ["title"] = new OpenApiSchema { Type = JsonSchemaType.String },
                ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
                ["detail"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "A sentence: what, where, and what to do next." },
            },
        };
        return Task.CompletedTask;
    }

    private static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var access = context.Description.ActionDescriptor.EndpointMetadata.OfType<Access>().LastOrDefault();
        operation.Tags = new HashSet<OpenApiTagReference> { new(TagOf(context.Description.RelativePath ?? ""), context.Document) };
        operation.Extensions ??= new Dictionary<string, IOpenApiExtension>(StringComparer.Ordinal);
        operation.Extensions["x-gantry-access"] = new JsonNodeExtension(JsonValue.Create(Describe(access))!);
        operation.Security = access is { IsAnonymous: true } ? [] : [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("bearer", context.Document)] = [] }];
        operation.Responses ??= [];
        operation.Responses["default"] = new OpenApiResponse
        {
            Description = "A problem.",
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(Problem, context.Document) },
            },
        };
        return Task.CompletedTask;
    }

    /// <summary>"Endpoints" of "api/endpoints/{name}": the capability is the first word of the path.</summary>
    private static string TagOf(string path)
    {
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var word = segments is ["api", var first, ..] ? first : segments.FirstOrDefault("gantry");
        return char.ToUpperInvariant(word[0]) + word[1..].Replace('-', ' ');
    }

    private static string Describe(Access? access) => access switch
    {
        null or { IsAnonymous: true } => "anyone",
        { IsForAdministrators: true } => "administrator",
        { Role: { } role } => role.ToString().ToLowerInvariant(),
        _ => "signed in",
    };
}
