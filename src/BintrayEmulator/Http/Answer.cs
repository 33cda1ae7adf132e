using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BintrayEmulator.Http;

/// <summary>What a call is answered with: a status and JSON, or HTML where the service's front end spoke instead of the service.</summary>
internal sealed record Answer(int Status, JsonNode? Json, string? Html = null)
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    public static Answer Ok(JsonNode json) => new(StatusCodes.Status200OK, json);

    public static Answer Created(JsonNode json) => new(StatusCodes.Status201Created, json);

    public static Answer Success(int status = StatusCodes.Status200OK) => Message(status, "success");

    public static Answer Message(int status, string message) => new(status, new JsonObject { ["message"] = message });

    /// <summary>The page that nginx in front of the service answered with.</summary>
    public static Answer Nginx(int status, string reason) => new(
        status,
        Json: null,
        $"<html>\r\n<head><title>{status} {reason}</title></head>\r\n<body bgcolor=\"white\">\r\n" +
        $"<center><h1>{status} {reason}</h1></center>\r\n" +
        "<hr><center>nginx (Bintray emulator)</center>\r\n</body>\r\n</html>\r\n");

    public byte[] Bytes()
    {
        if (Html is not null)
            return System.Text.Encoding.UTF8.GetBytes(Html);

        if (Json is null)
            return [];

        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Plain))
            Json.WriteTo(writer);

        return buffer.ToArray();
    }

    /// <summary>Sends the answer. Without a length, so that it arrives chunked as the service's did.</summary>
    public async Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status;
        foreach (var (name, value) in Headers)
            response.Headers[name] = value;

        if (Html is null && Json is null)
            return;

        response.ContentType = Html is null ? "application/json" : "text/html";
        await response.Body.WriteAsync(Bytes(), context.RequestAborted);
    }
}
