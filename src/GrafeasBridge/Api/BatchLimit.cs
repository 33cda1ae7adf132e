using Microsoft.Extensions.Options;

namespace GrafeasBridge.Api;

/// <summary>How many elements a batch may have.</summary>
internal sealed class BatchLimit(IOptions<ApiOptions> settings)
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
