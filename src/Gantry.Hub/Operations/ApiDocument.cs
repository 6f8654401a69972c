using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Gantry.Hub.Web;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Gantry.Hub.Operations;

/// <summary>The description of the API at /api/openapi.json, and a page of it for people at /api/docs.</summary>
internal static class ApiDocument
{
    private const string Name = "v1";

    public static void AddApiDocument(this IServiceCollection services) => services.AddOpenApi(Name, options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.ShouldInclude = _ => true;
        options.CreateSchemaReferenceId = NameOf;
        options.AddDocumentTransformer(DescribeAsync);
        options.AddSchemaTransformer(DescribeTimesAsync);
        options.AddOperationTransformer(ApiOperation.DescribeAsync);
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
        document.Components.Schemas[ApiOperation.Problem] = new OpenApiSchema
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

    /// <summary>The hub writes times by a converter of its own, behind which nobody sees that they are texts.</summary>
    private static Task DescribeTimesAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        if ((Nullable.GetUnderlyingType(type) ?? type) == typeof(DateTimeOffset))
        {
            schema.Type = type == typeof(DateTimeOffset) ? JsonSchemaType.String : JsonSchemaType.String | JsonSchemaType.Null;
            schema.Format = "date-time";
        }

        return Task.CompletedTask;
    }

    /// <summary>"Execution" of ExecutionShape; any JSON at all has no name.</summary>
    private static string? NameOf(JsonTypeInfo type)
    {
        if (type.Type == typeof(JsonElement) || type.Type == typeof(JsonElement?))
            return null;
        const string Shape = "Shape";
        return OpenApiOptions.CreateDefaultSchemaReferenceId(type)?.Replace(Shape, "", StringComparison.Ordinal);
    }
}
