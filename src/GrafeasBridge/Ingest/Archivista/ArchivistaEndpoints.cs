using System.Globalization;
using System.Text.Json;
using GrafeasBridge.Access;
using GrafeasBridge.Api;
using GrafeasBridge.Store;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Ingest.Archivista;

/// <summary>The dialect over HTTP: one JSON envelope in, its id out; the id in, the same bytes out. Refusals are sentences in plain text.</summary>
internal sealed partial class ArchivistaEndpoints(
    ArchivistaUploads uploads,
    IOptions<ArchivistaOptions> settings,
    IOptions<ApiOptions> limits,
    Overload overload,
    ILogger<ArchivistaEndpoints> logger)
{
    private const string Gitoid = "gitoid";

    // Clients join "upload" to the URL they were given, with or without a prefix.
    private static readonly string[] Prefixes = ["", "/v1", "/archivista", "/archivista/v1"];

    private readonly string project = settings.Value.Project;
    private readonly int maxBytes = limits.Value.MaxMessageBytes;

    /// <summary>Takes every method, since a wrong one is told so in the dialect's own way.</summary>
    public void Map(IEndpointRouteBuilder app)
    {
        foreach (var prefix in Prefixes)
        {
            app.Map(prefix + "/upload", context => AnswerAsync(context, HttpMethods.Post, UploadAsync)).WithDisplayName("archivista upload");
            app.Map($"{prefix}/download/{{{Gitoid}}}", context => AnswerAsync(context, HttpMethods.Get, DownloadAsync))
                .WithDisplayName("archivista download");
        }
    }

    private async Task UploadAsync(HttpContext context)
    {
        // Before the body: no stranger's is read.
        var caller = context.Caller().Require(Role.Send, project);
        var body = await RequestBody.ReadAsync(context.Request, maxBytes, remedy: string.Empty, context.RequestAborted);
        var gitoid = await uploads.AddAsync(body.ToArray(), caller, context.RequestAborted);
        var answer = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { [Gitoid] = gitoid });
        await WriteAsync(context, StatusCodes.Status200OK, "application/json", answer);
    }

    private async Task DownloadAsync(HttpContext context)
    {
        context.Caller().Require(Role.Read, project);
        var gitoid = (string?)context.Request.RouteValues[Gitoid] ?? string.Empty;
        var content = await uploads.FindAsync(gitoid, context.RequestAborted);
        if (content is null)
            throw Errors.NotFound("upload", gitoid);
        await WriteAsync(context, StatusCodes.Status200OK, "application/json", content);
    }

    private async Task AnswerAsync(HttpContext context, string method, Func<HttpContext, Task> answer)
    {
        try
        {
            if (context.Request.Method != method)
                throw Errors.Invalid(string.Empty, $"{context.Request.Method} is not what {QuotedText.Shorten(context.Request.Path)} takes; use {method}");
            await answer(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller went away.
        }
        catch (Exception failure) when (!context.Response.HasStarted)
        {
            (var status, var sentence, var delay) = Refusal(context, failure);
            if (delay is { } wait)
                context.Response.Headers.RetryAfter = ((int)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            await WriteAsync(context, status, "text/plain; charset=utf-8", System.Text.Encoding.UTF8.GetBytes(sentence + "\n"));
        }
    }

    private (int Status, string Sentence, TimeSpan? Delay) Refusal(HttpContext context, Exception failure)
    {
        switch (failure)
        {
            case RpcException refused:
                return (StatusOf(refused.StatusCode), refused.Status.Detail, null);
            case BadHttpRequestException malformed:
                return (malformed.StatusCode, malformed.Message, null);
            case StoreException refused when refused.Failure.IsTransient():
                if (refused.Failure == StoreFailure.Overloaded)
                    overload.Refused(Overload.Store);
                else
                    Log.StoreRefused(logger, context.Request.Path, refused.Failure, refused);
                var delay = refused.Failure == StoreFailure.Overloaded ? Errors.OverloadedDelay : Errors.UnavailableDelay;
                return (StatusCodes.Status503ServiceUnavailable, refused.Message, delay);
            case StoreException { Failure: StoreFailure.Broken or StoreFailure.Damaged } broken:
                Log.StoreBroken(logger, context.Request.Path, broken);
                return (StatusCodes.Status500InternalServerError, Errors.From(broken).Status.Detail, null);
            default:
                Log.Stray(logger, context.Request.Path, failure);
                return (StatusCodes.Status500InternalServerError, Errors.Internal().Status.Detail, null);
        }
    }

    private static int StatusOf(StatusCode code) => code switch
    {
        StatusCode.InvalidArgument => StatusCodes.Status400BadRequest,
        StatusCode.PermissionDenied => StatusCodes.Status403Forbidden,
        StatusCode.NotFound => StatusCodes.Status404NotFound,
        StatusCode.AlreadyExists => StatusCodes.Status409Conflict,
        StatusCode.ResourceExhausted => StatusCodes.Status413PayloadTooLarge,
        _ => StatusCodes.Status500InternalServerError,
    };

    private static Task WriteAsync(HttpContext context, int status, string contentType, byte[] body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    private static partial class Log
    {
        [LoggerMessage(1230, LogLevel.Error, "{Path} failed unexpectedly", EventName = "ArchivistaStrayException")]
        public static partial void Stray(ILogger logger, string path, Exception cause);

        [LoggerMessage(1231, LogLevel.Error, "{Path} found the store broken", EventName = "ArchivistaStoreBroken")]
        public static partial void StoreBroken(ILogger logger, string path, Exception cause);

        [LoggerMessage(1232, LogLevel.Warning, "{Path} was refused by the store: {Failure}", EventName = "ArchivistaStoreRefused")]
        public static partial void StoreRefused(ILogger logger, string path, StoreFailure failure, Exception cause);
    }
}
