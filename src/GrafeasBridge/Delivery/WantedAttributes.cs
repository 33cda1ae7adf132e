using Grafeas.V1;
using GrafeasBridge.Mapping;
using GrafeasBridge.Store;

namespace GrafeasBridge.Delivery;

/// <summary>6: from a version's occurrences, read as a stream, to its attributes.</summary>
internal static class WantedAttributes
{
    public static async Task<IReadOnlyList<MappedAttribute>> OfAsync(
        IBridgeStore store, IOccurrenceMapping mapping, VersionCoordinates version, CancellationToken cancellationToken)
    {
        IVersionFold fold = mapping.Begin();
        await foreach (byte[] content in store.ReadOccurrencesOfAsync(version, cancellationToken).WithCancellation(cancellationToken))
            fold.Add(Occurrence.Parser.ParseFrom(content));
        return fold.Finish();
    }
}
