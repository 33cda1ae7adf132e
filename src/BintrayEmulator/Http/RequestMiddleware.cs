namespace BintrayEmulator.Http;

/// <summary>
/// Around every request: sets the Server header, counts the request, and turns exceptions into answers.
/// </summary>
internal sealed partial class RequestMiddleware(RequestDelegate next, RequestCounter counter, ILogger<RequestMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        EmulatorIdentity.Stamp(context.Response);
        counter.Begin(context);
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException e)
        {
            await RefuseAsync(context, e);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            Log.CallerLeft(logger, context.Request.Method);
        }
        catch (Exception e) when (!context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted)
        {
            Log.Failed(logger, context.Request.Method, RequestCounter.Route(context), e);
            await Answer.Nginx(StatusCodes.Status500InternalServerError, "Internal Server Error").WriteAsync(context);
        }
        finally
        {
            counter.Count(context);
        }
    }

    private static Task RefuseAsync(HttpContext context, BadHttpRequestException e)
    {
        if (context.Response.HasStarted)
            return Task.CompletedTask;

        var text = e.StatusCode == StatusCodes.Status413PayloadTooLarge ? "The request body is too large" : "The request cannot be read";
        return Answer.Message(e.StatusCode, text).WriteAsync(context);
    }

    private static partial class Log
    {
        [LoggerMessage(6001, LogLevel.Error, "{Method} {Route} failed", EventName = "EmulatorCallFailed")]
        public static partial void Failed(ILogger logger, string method, string route, Exception exception);

        [LoggerMessage(6002, LogLevel.Debug, "The caller of a {Method} left before the answer", EventName = "EmulatorCallerLeft")]
        public static partial void CallerLeft(ILogger logger, string method);
    }
}
