using GrafeasBridge.Checker.Mapping;
using GrafeasBridge.Checker.Reading;

namespace GrafeasBridge.Checker.Rules;

/// <summary>Where a record stands, and when it was written.</summary>
internal sealed record Place(string File, int Line, DateTimeOffset At)
{
    public override string ToString() => $"{File}:{Line} at {At:O}";
}

/// <summary>A name under which a creation was acknowledged.</summary>
internal sealed record Acknowledgement(string Name, Place Place);

/// <summary>One occurrence that was to be created, under one key, however often it was sent.</summary>
internal sealed class Creation(string key, Content content, string json, Place first)
{
    private int open;
    private bool mayHaveBeenStored;

    public string Key { get; } = key;

    /// <summary>A key is the project and the id of the request.</summary>
    public string Project { get; } = key.Split('/')[0];

    public Content Content { get; } = content;

    /// <summary>A hash of what was sent, to know whether it is sent again.</summary>
    public string Json { get; } = json;

    public Place First { get; } = first;

    /// <summary>The largest sequence that this journal held when it was first sent; null once another journal sent it too.</summary>
    public long? Floor { get; set; }

    /// <summary>Different names, in the order in which they were told.</summary>
    public List<Acknowledgement> Told { get; } = [];

    public SignedReceipt? Receipt { get; set; }

    public Instant? Created { get; set; }

    /// <summary>The bytes by which a content hash is made, until it was.</summary>
    public IReadOnlyList<(int Number, byte[] Bytes)>? Parts { get; set; }

    public string? Name => Told.Count > 0 ? Told[0].Name : null;

    /// <summary>Nobody was told, and yet it may be there.</summary>
    public bool IsUncertain => Told.Count == 0 && (open > 0 || mayHaveBeenStored);

    public void Sent() => open++;

    public void Answered(bool mayBeStored)
    {
        open = Math.Max(0, open - 1);
        mayHaveBeenStored |= mayBeStored;
    }
}

/// <summary>One occurrence that was to be deleted.</summary>
internal sealed record Deletion(string Name, Place First)
{
    public Place? Told { get; set; }
}

/// <summary>The service said VERIFIED when asked.</summary>
/// <param name="Names">What the asker knew before it asked.</param>
internal sealed record Verification(VersionId Version, long Revision, IReadOnlyList<string> Names, SignedProof? Proof, Place Place);

/// <summary>What the service lists at the end.</summary>
/// <param name="Project">Null for all.</param>
internal sealed record Listing(string? Project, Place Place, IReadOnlyList<string> Names);
