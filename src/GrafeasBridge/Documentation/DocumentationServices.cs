using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace GrafeasBridge.Documentation;

/// <summary>Registration of this room: the OpenAPI document, and the page that shows it.</summary>
internal static class DocumentationServices
{
    public const string DocumentPath = "/openapi.json";
    public const string PagePath = "/docs";

    // Everything the page needs is inside the program; nothing may be loaded from, or sent to, anywhere else. Its script sets
    // styles as attributes, which is why those are allowed.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static IServiceCollection AddDocumentation(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<DocumentationOptions>().Bind(configuration.GetSection(DocumentationOptions.Section)).ValidateOnStart();
        return services.AddSingleton<DocumentStore>();
    }

    /// <summary>Does nothing unless the setting is on. Comes after authorization, so that it needs a key where calls do.</summary>
    public static void UseDocumentation(this WebApplication app)
    {
        if (!app.Services.GetRequiredService<IOptions<DocumentationOptions>>().Value.Documentation)
            return;
        app.MapGet(DocumentPath, async context =>
        {
            var document = await context.RequestServices.GetRequiredService<DocumentStore>().ReadAsync();
            context.Response.ContentType = "application/json; charset=utf-8";
            context.Response.ContentLength = document.Length;
            await context.Response.Body.WriteAsync(document, context.RequestAborted);
        });
        app.UseWhen(context => context.Request.Path.StartsWithSegments(PagePath, StringComparison.Ordinal), Page);
    }

    /// <summary>The services that have REST endpoints, whichever room has mapped them.</summary>
    public static IReadOnlyList<ServiceDescriptor> Services(EndpointDataSource endpoints) =>
    [
        .. endpoints.Endpoints
            .Select(endpoint => endpoint.Metadata.GetMetadata<GrpcJsonTranscodingMetadata>()?.MethodDescriptor.Service)
            .OfType<ServiceDescriptor>()
            .DistinctBy(service => service.FullName)
            .OrderBy(service => service.FullName, StringComparer.Ordinal),
    ];

    private static void Page(IApplicationBuilder page)
    {
        page.Use((context, next) =>
        {
            var headers = context.Response.Headers;
            headers[HeaderNames.ContentSecurityPolicy] = Policy;
            headers[HeaderNames.XContentTypeOptions] = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            return next(context);
        });
        page.UseSwaggerUI(ui =>
        {
            ui.RoutePrefix = PagePath[1..];
            ui.DocumentTitle = "GrafeasBridge";
            ui.SwaggerEndpoint(DocumentPath, "GrafeasBridge");
            ui.ConfigObject.ValidatorUrl = null; // or else the page sends the document to another host for validation
            ui.ConfigObject.DisplayOperationId = true;
        });
    }
}
