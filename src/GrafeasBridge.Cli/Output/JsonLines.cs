using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GrafeasBridge.Cli.Output;

/// <summary>What <c>send --json</c> prints for each thing sent.</summary>
/// <param name="Index">From 1 in a file of several; 0 when the file holds one.</param>
/// <param name="Occurrence">Its name; null when it was not accepted, or when only a note was sent.</param>
/// <param name="Note">Set when only a note was sent.</param>
/// <param name="Code">Of the answer, such as OK or INVALID_ARGUMENT; BAD_INPUT when nothing was sent.</param>
/// <param name="Repeated">The service held it already.</param>
/// <param name="Versions">Null while the service did not say.</param>
internal sealed record SentLine(
    string File,
    int Index,
    string? Occurrence,
    string? Note,
    string Code,
    string? Message,
    IReadOnlyList<SentField>? Fields,
    string? RequestId,
    bool Repeated,
    IReadOnlyList<SentVersion>? Versions,
    string? UnmappedReason);

internal sealed record SentField(string Field, string Description);

internal sealed record SentVersion(string Target, string Subject, string Repo, string Package, string Version, string State, string Reason);

/// <summary>A fresh key: the key once, and the entry for the service's key file.</summary>
internal sealed record NewKeyLine(string Key, KeyEntry Entry);

/// <param name="Projects">Project ids; "*" for all.</param>
internal sealed record KeyEntry(string Name, string Hash, IReadOnlyList<string> Projects, IReadOnlyList<string> Roles);

/// <summary>What <c>health --json</c> prints.</summary>
/// <param name="Status">serving, degraded, or not serving.</param>
/// <param name="Reasons">Null without any.</param>
internal sealed record HealthLine(string Server, string Status, IReadOnlyList<HealthReasonLine>? Reasons);

/// <param name="Count">Of the versions meant.</param>
internal sealed record HealthReasonLine(string Reason, string Message, string? Target, DateTimeOffset? Since, long? Count);

/// <summary>What <c>receipt verify --json</c> prints for each receipt or proof.</summary>
internal sealed record CheckedLine(string About, string KeyId, bool Good, string? Problem);

/// <summary>One attribute as a Bintray-shaped API answers it.</summary>
internal sealed record TargetAttribute(string Name, string Type, IReadOnlyList<JsonElement> Values);

/// <summary>One version as <c>demo --json</c> read it from the emulator.</summary>
internal sealed record DemoLine(string Version, string Address, IReadOnlyList<TargetAttribute> Attributes);

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(SentLine))]
[JsonSerializable(typeof(NewKeyLine))]
[JsonSerializable(typeof(KeyEntry))]
[JsonSerializable(typeof(HealthLine))]
[JsonSerializable(typeof(DemoLine))]
[JsonSerializable(typeof(CheckedLine))]
[JsonSerializable(typeof(List<TargetAttribute>))]
internal sealed partial class JsonLines : JsonSerializerContext
{
    /// <summary>For terminals and files, where + and ' need no escape.</summary>
    public static JsonLines Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
