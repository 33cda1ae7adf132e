using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store;

/// <summary>What is left of a version's occurrences that are past retention.</summary>
/// <param name="State">As the mapping saved it: what they give to the version.</param>
/// <param name="Occurrences">How many they are. Grows with every step of retention, so it tells one state from another.</param>
/// <param name="Newest">When the newest of them was created.</param>
internal sealed record FoldedHistory(byte[] State, long Occurrences, DateTimeOffset Newest);

/// <summary>Which occurrences are old, and how many of them to read at once.</summary>
/// <param name="Mapped">Occurrences of versions that were created before; null for none.</param>
/// <param name="Unmapped">Occurrences of no version that were created before; null for none.</param>
/// <param name="After">Sequence after which to look.</param>
/// <param name="Rows">Most occurrences of the part; also most versions, unless one occurrence alone concerns more.</param>
/// <param name="Bytes">Contents and saved states after which the part ends; one larger occurrence is a part of its own.</param>
internal sealed record AgedQuery(DateTimeOffset? Mapped, DateTimeOffset? Unmapped, long After, int Rows, long Bytes);

/// <summary>Old occurrences that may go, because every version that they concern is verified at every target.</summary>
/// <param name="Versions">All versions that the occurrences concern.</param>
/// <param name="Through">Every occurrence up to this sequence has been looked at: where to go on after.</param>
/// <param name="IsLast">True when nothing that follows is old.</param>
internal sealed record AgedPart(
    IReadOnlyList<AgedOccurrence> Occurrences, IReadOnlyList<AgedVersion> Versions, long Through, bool IsLast);

/// <param name="Versions">Places in <see cref="AgedPart.Versions"/>; none for an unmapped one.</param>
internal sealed record AgedOccurrence(long Sequence, DateTimeOffset CreateTime, byte[] Content, IReadOnlyList<int> Versions);

/// <param name="Revisions">What was verified at each target, in the order of the store's targets.</param>
/// <param name="Folded">What is left of older ones; null when nothing went yet.</param>
internal sealed record AgedVersion(long Id, VersionCoordinates Coordinates, IReadOnlyList<long> Revisions, FoldedHistory? Folded);
