using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using GrafeasBridge.Store;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Ingest;

/// <summary>
/// grafeas.v1.Grafeas, over gRPC and, from the annotations in the protos, over REST. In every method: the names, the body's
/// presence, access, the rest of the body, the page, the store.
/// </summary>
internal sealed partial class GrafeasService(
    IBridgeStore store,
    Intake intake,
    ListReader lists,
    OccurrenceUpdate occurrenceUpdate,
    TimeProvider clock,
    IOptions<IngestOptions> settings)
    : Grafeas.V1.Grafeas.GrafeasBase
{
    private const string NoteType = "note";
    private const string OccurrenceType = "occurrence";

    private readonly IngestOptions options = settings.Value;

    private static Func<StoredItem, (long Sequence, T? Message)> View<T>(MessageParser<T> parser)
        where T : class, IMessage<T> => item => (item.Sequence, parser.ParseFrom(item.Message.Content));

    private static async Task<Empty> AboutAsync(Task call, string type, string name)
    {
        try
        {
            await call;
            return new Empty();
        }
        catch (StoreException refused) when (!refused.Failure.IsTransient() && refused.Failure != StoreFailure.Broken)
        {
            throw Errors.From(refused, type, name);
        }
    }
}
