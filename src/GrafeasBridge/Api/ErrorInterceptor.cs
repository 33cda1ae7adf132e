using System.Globalization;
using GrafeasBridge.Store;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace GrafeasBridge.Api;

/// <summary>
/// Sees that every call of every service ends in a status that was meant: refusals of the store by <see cref="Errors"/>,
/// a caller that went away quietly, and anything else as INTERNAL with a safe sentence, its cause in the log once.
/// </summary>
internal sealed partial class ErrorInterceptor(Overload overload, ILogger<ErrorInterceptor> logger) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception e)
        {
            throw Translate(e, context);
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception e)
        {
            throw Translate(e, context);
        }
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(requestStream, context);
        }
        catch (Exception e)
        {
            throw Translate(e, context);
        }
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(requestStream, responseStream, context);
        }
        catch (Exception e)
        {
            throw Translate(e, context);
        }
    }

    private RpcException Translate(Exception failure, ServerCallContext context)
    {
        switch (failure)
        {
            case RpcException meant:
                return meant;
            case OperationCanceledException when context.CancellationToken.IsCancellationRequested:
                return new RpcException(new Status(StatusCode.Cancelled, "The caller went away."));
            case StoreException refused:
                if (refused.Failure.NeedsPerson())
                    Log.StoreBroken(logger, context.Method, refused);
                else if (refused.Failure == StoreFailure.Overloaded)
                    overload.Refused(Overload.Store);
                else if (refused.Failure.IsTransient())
                    Log.StoreRefused(logger, context.Method, refused.Failure, refused);
                return Advise(Errors.From(refused), context);
            default:
                Log.Stray(logger, context.Method, failure);
                return Errors.Internal();
        }
    }

    // REST callers look for the delay in a header, not in details.
    private static RpcException Advise(RpcException refusal, ServerCallContext context)
    {
        TimeSpan? delay = refusal.StatusCode switch
        {
            StatusCode.ResourceExhausted => Errors.OverloadedDelay,
            StatusCode.Unavailable => Errors.UnavailableDelay,
            _ => null,
        };
        var response = context.GetHttpContext().Response;
        if (delay is { } wait && !response.HasStarted)
        {
            response.Headers.RetryAfter = ((int)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        return refusal;
    }

    private static partial class Log
    {
        [LoggerMessage(1000, LogLevel.Error, "{Method} failed unexpectedly", EventName = "StrayException")]
        public static partial void Stray(ILogger logger, string method, Exception cause);

        [LoggerMessage(1001, LogLevel.Error, "{Method} found the store broken", EventName = "StoreBroken")]
        public static partial void StoreBroken(ILogger logger, string method, Exception cause);

        [LoggerMessage(1002, LogLevel.Warning, "{Method} was refused by the store: {Failure}", EventName = "StoreRefused")]
        public static partial void StoreRefused(ILogger logger, string method, StoreFailure failure, Exception cause);
    }
}
