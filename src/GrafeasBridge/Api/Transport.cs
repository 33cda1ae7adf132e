using Grpc.Core;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;

namespace GrafeasBridge.Api;

/// <summary>Which way a call came in.</summary>
internal static class Transport
{
    public static bool IsRest(this ServerCallContext context) => Transcoding(context.GetHttpContext()) is not null;

    /// <summary>The method behind a REST endpoint; null when the call is gRPC or something else.</summary>
    public static GrpcJsonTranscodingMetadata? Transcoding(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<GrpcJsonTranscodingMetadata>();

    public static string Name(this ServerCallContext context) => context.IsRest() ? "rest" : "grpc";
}
