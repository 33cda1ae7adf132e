using System.Diagnostics;
using System.Security.Cryptography;
using Google.Protobuf;
using Grafeas.V1;
using GrafeasBridge.Mapping;
using GrafeasBridge.Store;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Ingest;

/// <summary>Changes a stored occurrence, and with it which versions it concerns.</summary>
internal sealed class OccurrenceUpdate(
    IBridgeStore store, IOccurrenceMapping mapping, TimeProvider clock, IOptions<IngestOptions> settings)
{
    private readonly IngestOptions options = settings.Value;

    public async Task<Occurrence> RunAsync(OccurrenceName name, Occurrence body, UpdateMask mask, CancellationToken cancellationToken)
    {
        if (mask.Names(Occurrence.NoteNameFieldNumber)) ResourceNames.Note(body.NoteName, "occurrence.note_name");
        try
        {
            StoredMessage changed = await store.UpdateOccurrenceAsync(
                name.Project,
                name.Id,
                stored => Placed(name, Updates.Apply(stored.Content, body, mask, clock, options.AllowEmptySignatureKeyId)) with { Original = stored.Original },
                cancellationToken);
            return Occurrence.Parser.ParseFrom(changed.Content);
        }
        catch (StoreException refused) when (refused.Failure == StoreFailure.NotFound)
        {
            throw Errors.From(refused, "occurrence", name.ToString());
        }
    }

    // The request id stays with what was created: a late retry of the create must still find it.
    private NewOccurrence Placed(OccurrenceName name, Occurrence occurrence)
    {
        CanonicalMaps.Sort(occurrence);
        byte[] content = occurrence.ToByteArray();
        NoteName note = ResourceNames.Note(occurrence.NoteName, "occurrence.note_name");
        return new NewOccurrence(
            name.Project,
            name.Id,
            note.Project,
            note.Id,
            (int)occurrence.Kind,
            occurrence.ResourceUri,
            occurrence.CreateTime.ToDateTimeOffset(),
            content,
            RequestId: null,
            SHA256.HashData(content),
            mapping.Place(occurrence),
            Activity.Current?.Id);
    }
}
