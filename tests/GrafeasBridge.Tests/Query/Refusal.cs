using Grpc.Core;

namespace GrafeasBridge.Tests.Query;

/// <summary>Awaits a call that must be refused.</summary>
internal static class Refusal
{
    public static async Task<Status> OfAsync<T>(StatusCode code, AsyncUnaryCall<T> call)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Assert.True(code == refusal.StatusCode, $"want {code}, got {refusal.Status}");
        return refusal.Status;
    }
}
