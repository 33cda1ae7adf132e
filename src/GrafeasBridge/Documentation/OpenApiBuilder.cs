using Google.Api;
using Google.Protobuf.Reflection;
using Google.Rpc;
using GrafeasBridge.Api.Rest;
using Microsoft.OpenApi;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace GrafeasBridge.Documentation;

/// <summary>Builds the OpenAPI document from the descriptors, HTTP annotations and comments of services.</summary>
internal sealed class OpenApiBuilder
{
    private const string Json = "application/json";

    private readonly OpenApiDocument document = new();
    private readonly ProtoComments comments;
    private readonly OpenApiSchemas schemas;

    public OpenApiBuilder(ProtoComments comments)
    {
        this.comments = comments;
        schemas = new OpenApiSchemas(document, comments);
    }

    public OpenApiDocument Build(IReadOnlyList<ServiceDescriptor> services)
    {
        document.Info = new OpenApiInfo
        {
            Title = "GrafeasBridge",
            Version = typeof(OpenApiBuilder).Assembly.GetName().Version!.ToString(3),
            Description = "The REST side of the bridge. Every method is there over gRPC too. Errors are google.rpc.Status with details. "
                + "Bindings with locations are left out: the bridge has no regions, and refuses them.",
        };
        document.Paths = new OpenApiPaths();
        document.Tags = new HashSet<OpenApiTag>();
        AddSecurity();
        foreach (var service in services)
        {
            document.Tags.Add(new OpenApiTag { Name = service.FullName, Description = comments.Of(service) });
            foreach (var method in service.Methods)
                Add(method);
        }

        document.RegisterComponents();
        return document;
    }

    private void Add(MethodDescriptor method)
    {
        if (method.GetOptions()?.GetExtension(AnnotationsExtensions.Http) is not { } rule)
            return;
        var serial = 0;
        foreach (var binding in rule.AdditionalBindings.Prepend(rule))
        {
            (var verb, var pattern) = HttpBinding.Of(binding);
            if (pattern.Contains("/locations/", StringComparison.Ordinal))
                continue;
            var template = RestTemplate.Parse(pattern);
            serial++;
            if (!document.Paths.TryGetValue(template.Path, out var item))
                document.Paths[template.Path] = item = new OpenApiPathItem();
            var id = $"{method.Service.FullName}.{method.Name}{(serial > 1 ? $".{serial}" : string.Empty)}";
            ((OpenApiPathItem)item).AddOperation(verb, Operation(method, binding, template, id));
        }
    }

    private OpenApiOperation Operation(MethodDescriptor method, HttpRule binding, RestTemplate template, string id)
    {
        var comment = comments.Of(method);
        var end = comment.IndexOf(". ", StringComparison.Ordinal);
        var operation = new OpenApiOperation
        {
            OperationId = id,
            Tags = new HashSet<OpenApiTagReference> { new(method.Service.FullName, document) },
            Summary = comment.Length == 0 ? method.Name : end < 0 ? comment : comment[..(end + 1)],
            Description = comment,
            Deprecated = method.GetOptions()?.Deprecated == true,
            Parameters = [.. template.Parameters.Select(PathParameter), .. QueryParameters(method, binding, template)],
            Responses = new OpenApiResponses
            {
                ["200"] = new OpenApiResponse { Description = "Done.", Content = Content(schemas.Of(method.OutputType)) },
                ["default"] = new OpenApiResponse { Description = "Refused or failed; the status says why.", Content = Content(schemas.Of(Status.Descriptor)) },
            },
        };
        if (Body(method, binding, template) is { } body)
            operation.RequestBody = new OpenApiRequestBody { Required = true, Content = Content(body) };
        return operation;
    }

    private static IOpenApiParameter PathParameter(string name) => new OpenApiParameter
    {
        Name = name,
        In = ParameterLocation.Path,
        Required = true,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    // What stands neither in the path nor in the body.
    private IEnumerable<IOpenApiParameter> QueryParameters(MethodDescriptor method, HttpRule binding, RestTemplate template)
    {
        if (binding.Body == "*")
            yield break;
        foreach (var field in method.InputType.Fields.InFieldNumberOrder())
        {
            if (field.Name == binding.Body || template.Fields.Contains(field.Name) || !FitsQuery(field))
                continue;
            yield return new OpenApiParameter
            {
                Name = field.JsonName,
                In = ParameterLocation.Query,
                Description = comments.Of(field),
                Schema = schemas.Of(field),
            };
        }
    }

    private static bool FitsQuery(FieldDescriptor field) =>
        !field.IsMap && (field.FieldType != FieldType.Message || OpenApiSchemas.IsText(field.MessageType));

    private IOpenApiSchema? Body(MethodDescriptor method, HttpRule binding, RestTemplate template) => binding.Body switch
    {
        "" => null,
        "*" => schemas.Fields(method.InputType, template.Fields),
        string field => schemas.Of(method.InputType.FindFieldByName(field).MessageType),
    };

    private static Dictionary<string, IOpenApiMediaType> Content(IOpenApiSchema schema) => new() { [Json] = new OpenApiMediaType { Schema = schema } };

    // Any of the three, or none where no keys are configured.
    private void AddSecurity()
    {
        document.Components = new OpenApiComponents
        {
            SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                ["bearer"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" },
                ["key"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = "x-api-key" },
                ["basic"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "basic", Description = "The key is the password." },
            },
        };
        document.Security =
        [
            new OpenApiSecurityRequirement(),
            .. document.Components.SecuritySchemes.Keys.Select(name => new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(name, document)] = [] }),
        ];
    }
}
