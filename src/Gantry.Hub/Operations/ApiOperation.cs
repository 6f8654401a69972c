using System.Globalization;
using System.Text.Json.Nodes;
using Gantry.Hub.Web;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Gantry.Hub.Operations;

/// <summary>What the API's description says of one route: who may use it, what it takes, and which problems it answers.</summary>
internal static class ApiOperation
{
    public const string Problem = "Problem";

    private static readonly Dictionary<int, string> problems = new()
    {
        [400] = "The body, a field or a parameter is wrong; the detail says which.",
        [401] = "Nobody is signed in, or the token or key is not valid any more.",
        [403] = "The caller's role or the key's scopes do not allow it.",
        [404] = "It is not there, or belongs to another workspace.",
        [409] = "What is there already stands against it.",
        [412] = "Somebody else changed it meanwhile.",
        [413] = "The body is larger than is taken.",
        [415] = "The body's type is not one that is taken.",
        [422] = "It is understood and cannot be done so: 'errors' or the detail lists all that is wrong.",
        [429] = "There were too many attempts; Retry-After says when to try again.",
        [502] = "A service that the hub asked did not answer as it should; the detail says what it said.",
        [504] = "A service that the hub asked did not answer in time.",
    };

    public static async Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var access = metadata.OfType<Access>().LastOrDefault();
        operation.Tags = new HashSet<OpenApiTagReference> { new(TagOf(context.Description.RelativePath ?? ""), context.Document) };
        operation.Extensions ??= new Dictionary<string, IOpenApiExtension>(StringComparer.Ordinal);
        operation.Extensions["x-gantry-access"] = new JsonNodeExtension(JsonValue.Create(Describe(access))!);
        if (access?.Scope is { } scope) operation.Extensions["x-gantry-scope"] = new JsonNodeExtension(JsonValue.Create(scope)!);
        operation.Security = access is { IsAnonymous: true } ? [] : [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("bearer", context.Document)] = [] }];
        AddParameters(operation, metadata.OfType<DescribedParameter>());
        if (metadata.OfType<DescribedBody>().LastOrDefault() is { } body)
        {
            var schema = await context.GetOrCreateSchemaAsync(body.Type, null, cancellationToken);
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = body.IsRequired,
                Content = body.MediaTypes.ToDictionary(media => media, media => new OpenApiMediaType { Schema = media == "application/json" ? schema : new OpenApiSchema { Type = JsonSchemaType.String } }, StringComparer.Ordinal),
            };
        }

        operation.Responses ??= [];
        var refused = metadata.OfType<DescribedProblems>().SelectMany(described => described.Statuses);
        foreach (var status in Usual(operation, context, access).Concat(refused).Distinct().Order())
        {
            operation.Responses[status.ToString(CultureInfo.InvariantCulture)] = ProblemOf(problems[status], context.Document);
        }

        operation.Responses["default"] = ProblemOf("Another problem, such as a database that does not answer (503).", context.Document);
    }

    /// <summary>What every route of such a form can answer.</summary>
    private static IEnumerable<int> Usual(OpenApiOperation operation, OpenApiOperationTransformerContext context, Access? access)
    {
        if (operation.RequestBody is not null)
        {
            yield return 413;
        }

        if (operation.RequestBody is not null || operation.Parameters is { Count: > 0 })
        {
            yield return 400;
        }

        if (access is not { IsAnonymous: true })
        {
            yield return 401;
        }

        if (access is { IsForAdministrators: true } or { Role: not null })
        {
            yield return 403;
        }

        if ((context.Description.RelativePath ?? "").Contains('{', StringComparison.Ordinal))
        {
            yield return 404;
        }
    }

    private static void AddParameters(OpenApiOperation operation, IEnumerable<DescribedParameter> parameters)
    {
        foreach (var known in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            known.Description ??= known.Name switch
            {
                "limit" => "How many items a page has at most.",
                "after" => "The 'next' of the page before.",
                _ => null,
            };
        }

        foreach (var parameter in parameters)
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = parameter.Name,
                In = parameter.IsHeader ? ParameterLocation.Header : ParameterLocation.Query,
                Description = parameter.Help,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
        }
    }

    private static OpenApiResponse ProblemOf(string description, OpenApiDocument? document) => new()
    {
        Description = description,
        Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
        {
            ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(Problem, document) },
        },
    };

    /// <summary>"Endpoints" of "api/endpoints/{name}": the capability is the first word of the path.</summary>
    private static string TagOf(string path)
    {
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var word = segments is ["api", var first, ..] ? first : segments.FirstOrDefault("gantry");
        return word switch
        {
            "execute" or "execution-logs" => "Executions",
            "endpoint-kinds" => "Endpoints",
            "sign-in" or "sign-out" or "token" or "sessions" or "me" => "Signing in",
            "api-keys" => "API keys",
            _ => char.ToUpperInvariant(word[0]) + word[1..].Replace('-', ' '),
        };
    }

    private static string Describe(Access? access) => access switch
    {
        null or { IsAnonymous: true } => "anyone",
        { IsForAdministrators: true } => "administrator",
        { Role: { } role } => role.ToString().ToLowerInvariant(),
        _ => "signed in",
    };
}
