using System.Text.Json;
using System.Text.Json.Serialization;

namespace GrafeasBridge.Mapping.Table;

/// <summary>A mapping table as it stands in a file (format 1).</summary>
internal sealed record MappingTableFile
{
    public const int CurrentFormat = 1;
    private const int MaxBytes = 1024 * 1024;
    private const string BuiltIn = "GrafeasBridge.Mapping.default-mapping.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        PropertyNameCaseInsensitive = false,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
    };

    public int Format { get; init; }

    /// <summary>Names for beginnings of paths: <c>{slsa1}.x</c> stands for each of them, in order.</summary>
    public IReadOnlyDictionary<string, string[]> Roots { get; init; } = new Dictionary<string, string[]>(StringComparer.Ordinal);

    public IReadOnlyList<EventGroupEntry> Groups { get; init; } = [];

    public IReadOnlyList<RowEntry> Rows { get; init; } = [];

    /// <summary>Where it was read from, for messages.</summary>
    [JsonIgnore]
    public string Source { get; private init; } = string.Empty;

    /// <summary>Reads the file and checks its form; <see cref="MappingTableBuilder"/> checks its content.</summary>
    /// <param name="path">Empty for the built-in table.</param>
    /// <exception cref="MappingTableException">With a sentence that names the file and the remedy.</exception>
    public static MappingTableFile Load(string path)
    {
        var source = path.Length == 0 ? "The built-in mapping table" : $"Mapping:File '{path}'";
        try
        {
            using var stream = path.Length == 0 ? MappingServices.Resource(BuiltIn) : File.OpenRead(path);
            if (stream.Length > MaxBytes)
                throw new MappingTableException($"{source} is {stream.Length} bytes large and at most {MaxBytes} are read. Shorten it.");
            var file = JsonSerializer.Deserialize<MappingTableFile>(stream, Json)
                ?? throw new MappingTableException($"{source} holds null instead of a table.");
            if (file.Format != CurrentFormat)
                throw new MappingTableException($"{source} has format {file.Format}; this program reads format {CurrentFormat}. Adapt it to that.");
            return file with { Source = source };
        }
        catch (JsonException e)
        {
            throw new MappingTableException($"{source} is not a mapping table: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new MappingTableException(
                $"{source} cannot be read: {e.Message} Correct the path, or leave the setting empty for the built-in table.", e);
        }
    }
}

/// <summary>One entry of "groups".</summary>
internal sealed record EventGroupEntry
{
    public required string Group { get; init; }

    public required string[] Kinds { get; init; }

    public required string[] About { get; init; }

    public string[] Same { get; init; } = [];

    public string[] Time { get; init; } = [];
}

/// <summary>One entry of "rows".</summary>
internal sealed record RowEntry
{
    public required string Attribute { get; init; }

    public required string Type { get; init; }

    public required string Several { get; init; }

    public string? Group { get; init; }

    public string[] Kinds { get; init; } = [];

    [JsonPropertyName("equals")]
    public string? Equal { get; init; }

    public required string[] From { get; init; }
}
