using Grafeas.V1;
using GrafeasBridge.Mapping;
using GrafeasBridge.Store;

namespace GrafeasBridge.Versions;

/// <summary>The attributes that all occurrences of a version give it: of stored ones and of compacted ones.</summary>
/// <param name="Occurrences">How many there were in all.</param>
/// <param name="Folded">How many of them are compacted.</param>
internal sealed record VersionHistory(IReadOnlyList<MappedAttribute> Attributes, long Occurrences, long Folded)
{
    /// <summary>Maps a version: the one place that says what it should carry.</summary>
    public static async Task<VersionHistory> ReadAsync(
        IBridgeStore store, IOccurrenceMapping mapping, VersionCoordinates version, CancellationToken cancellationToken)
    {
        while (true)
        {
            var folded = await store.FindFoldedAsync(version, cancellationToken);
            var fold = folded is null ? mapping.Begin() : mapping.Begin(folded.State);
            long stored = 0;
            await foreach (var content in store.ReadOccurrencesOfAsync(version, cancellationToken).WithCancellation(cancellationToken))
            {
                fold.Add(Occurrence.Parser.ParseFrom(content));
                stored++;
            }

            // Occurrences that were compacted during the read are in neither part: start again, with the state that has them.
            var before = folded?.Occurrences ?? 0;
            if (await store.CountFoldedAsync(version, cancellationToken) == before)
                return new VersionHistory(fold.Finish(), before + stored, before);
        }
    }
}
