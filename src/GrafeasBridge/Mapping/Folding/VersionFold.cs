using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Grafeas.V1;
using GrafeasBridge.Mapping.Table;

namespace GrafeasBridge.Mapping.Folding;

/// <summary>One version's attributes, gathered occurrence by occurrence.</summary>
/// <remarks>
/// Memory: the values of the newest 32 reports of each group, at most MaxValues values for each set, and 16 bytes for each
/// occurrence, by which one that comes twice is known, unless it lies in the saved state. Beyond a million occurrences of one version the latter stops.
/// </remarks>
internal sealed class VersionFold : IVersionFold
{
    private const int MaxRemembered = 1_000_000;

    private readonly HashSet<UInt128> seen = [];
    private readonly List<IRowFold> folds;
    private readonly TableFingerprints definitions;
    private readonly AttributeLimits limits;

    /// <param name="saved">Null to begin with nothing.</param>
    public VersionFold(MappingTable table, TableFingerprints definitions, AttributeLimits limits, SavedFold? saved)
    {
        (this.definitions, this.limits) = (definitions, limits);
        folds = [.. table.Groups.Select(s => new EventGroupFold(s, [.. table.Rows.Where(r => r.Group == s)], limits))];
        folds.AddRange(table.Rows.Where(r => r.Group is null).Select(r => FoldOf(r, limits)));
        if (saved is null)
            return;
        var restoring = new FoldRestorer(saved, definitions, limits);
        foreach (var fold in folds)
            fold.Restore(restoring);
    }

    public void Add(Occurrence occurrence)
    {
        var identity = occurrence.Name.Length > 0 ? occurrence.Name : Convert.ToHexStringLower(SHA256.HashData(occurrence.ToByteArray()));
        if (!IsFirst(identity))
            return;
        var created = Moment.Of(occurrence.CreateTime) ?? default;
        var key = new OccurrenceSortKey(created, identity, occurrence.Name);
        var kind = KindOf(occurrence);
        foreach (var fold in folds)
            fold.Add(occurrence, kind, key);
    }

    public IReadOnlyList<MappedAttribute> Finish() => [.. folds.SelectMany(f => f.Finish()).OrderBy(a => a.Name, StringComparer.Ordinal)];

    public byte[] Save()
    {
        var saving = new FoldSaver(definitions);
        foreach (var fold in folds)
            fold.Save(saving);
        return new SavedFold(definitions.Table, limits.MaxValues, limits.MaxValueLength, saving.Rows, saving.Groups).ToBytes();
    }

    private static IRowFold FoldOf(MappingRow row, AttributeLimits limits) => row.Several switch
    {
        Several.All => new SetFold(row, limits),
        Several.Count => new CountFold(row, limits),
        Several.Any => new AnyFold(row, limits),
        _ => throw new InvalidOperationException($"Row {row.Attribute} has no group."),
    };

    private bool IsFirst(string identity)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(identity), hash);
        var key = BinaryPrimitives.ReadUInt128BigEndian(hash);
        return seen.Count < MaxRemembered ? seen.Add(key) : !seen.Contains(key);
    }

    // The server sets the kind; an occurrence that is only being explained may not have it yet.
    private static NoteKind KindOf(Occurrence occurrence) =>
        occurrence.Kind != NoteKind.Unspecified ? occurrence.Kind : OccurrenceKinds.Of(occurrence);
}
