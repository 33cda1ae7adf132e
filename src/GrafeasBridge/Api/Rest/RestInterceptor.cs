using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace GrafeasBridge.Api.Rest;

/// <summary>For REST calls only: messages that JSON cannot hold leave and come back in a form that it can.</summary>
internal sealed class RestInterceptor : Interceptor
{
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        context.IsRest() ? RestAsync(request, context, continuation) : continuation(request, context);

    private static async Task<TResponse> RestAsync<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        where TRequest : class
        where TResponse : class
    {
        if (request is IMessage read)
            OpaqueAny.Unwrap(read);
        var response = await continuation(request, context);
        if (response is IMessage written)
            OpaqueAny.Wrap(written);
        return response;
    }
}
