using System.Globalization;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.WebUtilities;

namespace GrafeasBridge.Api.Rest;

/// <summary>
/// Gives every refusal a google.rpc.Status as body, also where no service was reached: an unknown path (404), a wrong verb
/// (405) or a fault before any service would otherwise be answered with nothing. A gRPC caller gets the status as gRPC has it.
/// </summary>
internal sealed partial class RestErrors(RequestDelegate next, ILogger<RestErrors> logger)
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithTypeRegistry(AnyTypes.Registry));

    public async Task InvokeAsync(HttpContext context)
    {
        var response = context.Response;
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException refused) when (!response.HasStarted)
        {
            await WriteAsync(context, refused);
            return;
        }
        catch (Exception stray) when (!response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            Log.Stray(logger, context.Request.Method, QuotedText.Shorten(context.Request.Path.Value ?? string.Empty), stray);
            response.Clear();
            await WriteAsync(context, StatusCodes.Status500InternalServerError, Errors.Internal().GetRpcStatus()!);
            return;
        }

        var answered = response.HasStarted || response.ContentType is not null || response.ContentLength > 0;
        if (!answered && response.StatusCode >= StatusCodes.Status400BadRequest)
            await AnswerAsync(context);
    }

    /// <summary>Ends the call with a status as JSON.</summary>
    public static Task WriteAsync(HttpContext context, int httpStatus, Google.Rpc.Status status)
    {
        var body = Encoding.UTF8.GetBytes(Formatter.Format(status));
        context.Response.StatusCode = httpStatus;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    /// <summary>Ends the call with what the server itself found wrong with the request: too large, too slow, cut off.</summary>
    public static Task WriteAsync(HttpContext context, BadHttpRequestException failure)
    {
        var tooLarge = failure.StatusCode == StatusCodes.Status413PayloadTooLarge;
        var code = tooLarge ? StatusCode.ResourceExhausted : StatusCode.InvalidArgument;
        return WriteAsync(context, failure.StatusCode, Errors.Status(code, failure.Message));
    }

    /// <summary>Ends a gRPC call before a service was reached: status and message travel as headers ("Trailers-Only").</summary>
    public static Task WriteGrpcAsync(HttpContext context, StatusCode code, string sentence)
    {
        var response = context.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = ((int)code).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = GrpcText(sentence);
        return Task.CompletedTask;
    }

    /// <summary>The same with details, when there are any.</summary>
    public static Task WriteGrpcAsync(HttpContext context, Google.Rpc.Status status)
    {
        if (status.Details.Count > 0)
            context.Response.Headers["grpc-status-details-bin"] = Convert.ToBase64String(status.ToByteArray());
        return WriteGrpcAsync(context, (StatusCode)status.Code, status.Message);
    }

    /// <summary>Ends a call before a service was reached, in the dialect it came in.</summary>
    public static Task RefuseAsync(HttpContext context, int httpStatus, Google.Rpc.Status status) =>
        IsGrpc(context.Request) ? WriteGrpcAsync(context, status) : WriteAsync(context, httpStatus, status);

    /// <summary>A text as a gRPC header carries it: visible ASCII and spaces as they are, the rest as percent-encoded UTF-8.</summary>
    public static string GrpcText(string text)
    {
        var encoded = new StringBuilder(text.Length);
        foreach (var unit in Encoding.UTF8.GetBytes(text))
        {
            if (unit is >= 0x20 and < 0x7f and not (byte)'%')
                encoded.Append((char)unit);
            else
                encoded.Append(CultureInfo.InvariantCulture, $"%{unit:X2}");
        }

        return encoded.ToString();
    }

    public static bool IsGrpc(HttpRequest request) =>
        request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;

    private static Task AnswerAsync(HttpContext context)
    {
        var response = context.Response;
        var method = context.Request.Method;
        var path = QuotedText.Shorten(context.Request.Path.Value ?? string.Empty);
        if (response.StatusCode == StatusCodes.Status404NotFound && IsGrpc(context.Request))
            return WriteGrpcAsync(context, StatusCode.Unimplemented, $"There is no method {path}.");
        (var code, var sentence) = response.StatusCode switch
        {
            StatusCodes.Status404NotFound => (StatusCode.NotFound, $"There is nothing at {method} {path}."),
            StatusCodes.Status405MethodNotAllowed => (StatusCode.Unimplemented, $"{path} does not take {method}, but {response.Headers.Allow}."),
            StatusCodes.Status415UnsupportedMediaType => (StatusCode.InvalidArgument, $"{path} takes gRPC only, content type application/grpc."),
            StatusCodes.Status426UpgradeRequired => (StatusCode.InvalidArgument, $"{path} takes gRPC, which needs HTTP/2."),
            int other => (StatusCode.Unknown, ReasonPhrases.GetReasonPhrase(other)),
        };
        return WriteAsync(context, response.StatusCode, Errors.Status(code, sentence));
    }

    private static partial class Log
    {
        [LoggerMessage(1260, LogLevel.Error, "{Verb} {Path} failed unexpectedly, before any service was reached", EventName = "StrayHttpException")]
        public static partial void Stray(ILogger logger, string verb, string path, Exception cause);
    }
}
