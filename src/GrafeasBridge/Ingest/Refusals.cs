using Google.Protobuf.WellKnownTypes;
using GrafeasBridge.Store;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Ingest;

/// <summary>Refusals of the store, told with what the call was about.</summary>
internal static class Refusals
{
    public static async Task<Empty> AboutAsync(Task call, string type, string name)
    {
        try
        {
            await call;
            return new Empty();
        }
        catch (StoreException refused) when (!refused.Failure.IsTransient() && !refused.Failure.NeedsPerson())
        {
            throw Errors.From(refused, type, name);
        }
    }
}

/// <summary>How many elements a batch may have.</summary>
internal sealed class BatchLimit(IOptions<IngestOptions> settings)
{
    private readonly int most = settings.Value.MaxBatch;

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT for none or too many.</exception>
    public void Refuse(int count, string field)
    {
        if (count == 0)
            throw Errors.Invalid(field, "needs at least one element");
        if (count > most)
            throw Errors.Invalid(field, $"holds {count} elements; at most {most} are allowed (Ingest:MaxBatch)");
    }
}
