using System.Text.Json;
using System.Text.Json.Serialization;

namespace GrafeasBridge.Checker.Reading;

internal enum JournalKind
{
    /// <summary>A call leaves.</summary>
    Sent,

    /// <summary>It was acknowledged.</summary>
    Told,

    /// <summary>It was refused; it may be sent again.</summary>
    Refused,

    /// <summary>No answer: stored or not.</summary>
    Unknown,

    /// <summary>The service said VERIFIED when asked.</summary>
    Verified,

    /// <summary>The service says that a version is not delivered, and why.</summary>
    Parked,

    /// <summary>What the service lists at the end.</summary>
    Stored,

    /// <summary>Something happened around the service.</summary>
    Mark,
}

/// <summary>One line of a journal. Which fields stand on which kind: README.md.</summary>
internal sealed record JournalLine
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        MaxDepth = 64,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
        Converters = { new JsonStringEnumConverter<JournalKind>(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    public required DateTimeOffset At { get; init; }

    public required JournalKind Kind { get; init; }

    public string? Op { get; init; }

    public string? Key { get; init; }

    public JsonElement? Occurrence { get; init; }

    public string? Name { get; init; }

    public SignedReceipt? Receipt { get; init; }

    public string? CreateTime { get; init; }

    public string? Status { get; init; }

    public string? Subject { get; init; }

    public string? Repo { get; init; }

    public string? Package { get; init; }

    public string? Version { get; init; }

    public long? Revision { get; init; }

    public IReadOnlyList<string>? Occurrences { get; init; }

    public SignedProof? Proof { get; init; }

    public string? Reason { get; init; }

    public IReadOnlyList<string>? Names { get; init; }

    public string? Project { get; init; }

    public string? Text { get; init; }

    /// <exception cref="JsonException">It is no record, or its kind lacks a field.</exception>
    public static JournalLine Parse(ReadOnlySpan<byte> line)
    {
        var record = JsonSerializer.Deserialize<JournalLine>(line, Json) ?? throw new JsonException("It is null.");
        return record.Missing() is { } field ? throw new JsonException($"A record of kind {record.Kind} has no '{field}'.") : record;
    }

    private string? Missing() => Kind switch
    {
        JournalKind.Sent when Op is not ("create" or "delete") => "op (create or delete)",
        JournalKind.Sent when Op == "create" && Occurrence is not { ValueKind: JsonValueKind.Object } => "occurrence",
        JournalKind.Sent when Op == "delete" && Name is null => "name",
        JournalKind.Sent or JournalKind.Told or JournalKind.Refused or JournalKind.Unknown when Key is null => "key",
        JournalKind.Told when Name is null => "name",
        JournalKind.Verified or JournalKind.Parked when Subject is null || Repo is null || Package is null || Version is null =>
            "subject, repo, package or version",
        JournalKind.Verified when Occurrences is null => "occurrences",
        JournalKind.Parked when string.IsNullOrWhiteSpace(Reason) => "reason",
        JournalKind.Stored when Names is null => "names",
        JournalKind.Mark when Text is null => "text",
        _ => null,
    };
}

/// <summary>A receipt in its JSON form; the times stay text, because the text was signed.</summary>
internal sealed record SignedReceipt
{
    public string Occurrence { get; init; } = "";

    public string ContentHash { get; init; } = "";

    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)]
    public long Sequence { get; init; }

    public string CreateTime { get; init; } = "";

    public string KeyId { get; init; } = "";

    public string Signature { get; init; } = "";
}

/// <summary>A proof of delivery in its JSON form.</summary>
internal sealed record SignedProof
{
    public string Target { get; init; } = "";

    public string Subject { get; init; } = "";

    public string Repo { get; init; } = "";

    public string Package { get; init; } = "";

    public string Version { get; init; } = "";

    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)]
    public long Revision { get; init; }

    public string ReadBackHash { get; init; } = "";

    public string VerifiedTime { get; init; } = "";

    public string KeyId { get; init; } = "";

    public string Signature { get; init; } = "";

    public IReadOnlyList<string> Attributes { get; init; } = [];
}
