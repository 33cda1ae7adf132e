using Microsoft.OpenApi;

namespace GrafeasBridge.Documentation;

/// <summary>The document, made when it is first asked for: by then every room has mapped its services.</summary>
internal sealed class DocumentStore(EndpointDataSource endpoints)
{
    private readonly Lazy<Task<byte[]>> document = new(() => WriteAsync(endpoints));

    public Task<byte[]> ReadAsync() => document.Value;

    private static async Task<byte[]> WriteAsync(EndpointDataSource endpoints)
    {
        var built = new OpenApiBuilder(ProtoComments.Load()).Build(DocumentationServices.Services(endpoints));
        using var json = new MemoryStream();
        await built.SerializeAsJsonAsync(json, OpenApiSpecVersion.OpenApi3_1, CancellationToken.None);
        return json.ToArray();
    }
}
