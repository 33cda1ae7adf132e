using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store;

/// <summary>What is left of a version's occurrences that are past retention.</summary>
/// <param name="State">As the mapping saved it: what they give to the version.</param>
/// <param name="Occurrences">How many they are. Grows with every step of retention, so it tells one state from another.</param>
/// <param name="Newest">When the newest of them was created.</param>
internal sealed record CompactedHistory(byte[] State, long Occurrences, DateTimeOffset Newest);

/// <summary>Which occurrences are expired, and how many of them to read at once.</summary>
/// <param name="Mapped">Occurrences of versions that were created before; null for none.</param>
/// <param name="Unmapped">Occurrences of no version that were created before; null for none.</param>
/// <param name="After">Sequence after which to look.</param>
/// <param name="Rows">Most occurrences of the part; also most versions, unless one occurrence alone concerns more.</param>
/// <param name="Bytes">Contents and saved states after which the part ends; one larger occurrence is a part of its own.</param>
internal sealed record ExpiredQuery(DateTimeOffset? Mapped, DateTimeOffset? Unmapped, long After, int Rows, long Bytes);

/// <summary>Expired occurrences that may be compacted, because every version that they concern is verified at every target.</summary>
/// <param name="Versions">All versions that the occurrences concern.</param>
/// <param name="Cursor">Every occurrence up to this sequence has been examined: where to continue after.</param>
/// <param name="IsLast">True when nothing that follows is expired.</param>
internal sealed record ExpiredPart(
    IReadOnlyList<ExpiredOccurrence> Occurrences, IReadOnlyList<AffectedVersion> Versions, long Cursor, bool IsLast);

/// <param name="Versions">Places in <see cref="ExpiredPart.Versions"/>; none for an unmapped one.</param>
internal sealed record ExpiredOccurrence(long Sequence, DateTimeOffset CreateTime, byte[] Content, IReadOnlyList<int> Versions);

/// <param name="Revisions">What was verified at each target, in the order of the store's targets.</param>
/// <param name="Compacted">What is left of older ones; null when none were compacted yet.</param>
internal sealed record AffectedVersion(long Id, VersionCoordinates Coordinates, IReadOnlyList<long> Revisions, CompactedHistory? Compacted);
