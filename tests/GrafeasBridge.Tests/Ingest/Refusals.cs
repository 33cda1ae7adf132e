using Google.Rpc;
using Grpc.Core;

namespace GrafeasBridge.Tests.Ingest;

/// <summary>Reads the details of refusals.</summary>
internal static class Refusals
{
    public static IReadOnlyList<BadRequest.Types.FieldViolation> Violations(RpcException refusal) =>
        refusal.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations;

    public static async Task<RpcException> OfAsync<T>(AsyncUnaryCall<T> call, StatusCode code)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Assert.True(code == refusal.StatusCode, $"want {code}, got {refusal.Status}");
        return refusal;
    }

    public static async Task<string> FieldsAsync<T>(AsyncUnaryCall<T> call) =>
        string.Join('|', Violations(await OfAsync(call, StatusCode.InvalidArgument)).Select(violation => violation.Field));
}
