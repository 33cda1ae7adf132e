using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using GrafeasBridge.Store;
using Grpc.Core;

namespace GrafeasBridge.Api;

/// <summary>
/// The one place where failures become statuses. What goes out is google.rpc.Status with details: a BadRequest with every
/// problem, a ResourceInfo for what is missing or taken, a RetryInfo where trying again helps.
/// </summary>
internal static class Errors
{
    /// <summary>How long a caller should wait when too much is queued.</summary>
    public static readonly TimeSpan OverloadedDelay = TimeSpan.FromSeconds(1);

    /// <summary>How long a caller should wait when the database cannot be reached.</summary>
    public static readonly TimeSpan UnavailableDelay = TimeSpan.FromSeconds(5);

    // Details travel base64-encoded in one trailer, and widely used clients refuse more than 8 KiB of trailers.
    private const int MaxViolationBytes = 4000;
    private const int MaxMessageLength = 800;

    public static RpcException Invalid(string field, string sentence) => Invalid([new Problem(field, sentence)], 0);

    /// <summary>INVALID_ARGUMENT with a violation for each problem; what does not fit is counted in the last one.</summary>
    public static RpcException Invalid(IReadOnlyList<Problem> problems, int uncounted)
    {
        var request = new BadRequest();
        var size = 0;
        foreach (var problem in problems)
        {
            var violation = new BadRequest.Types.FieldViolation { Field = problem.Field, Description = problem.Sentence };
            size += violation.CalculateSize() + 4;
            if (size > MaxViolationBytes)
                break;
            request.FieldViolations.Add(violation);
        }

        var more = problems.Count - request.FieldViolations.Count + uncounted;
        if (more > 0)
        {
            request.FieldViolations.Add(new BadRequest.Types.FieldViolation { Description = $"and {more} more problems" });
        }

        return Fail(StatusCode.InvalidArgument, Summary(problems, problems.Count + uncounted), request);
    }

    /// <param name="type">note, occurrence or project.</param>
    public static RpcException NotFound(string type, string name) =>
        Fail(StatusCode.NotFound, $"There is no {type} '{QuotedText.Shorten(name)}'.", Info(type, name));

    /// <param name="field">What was told before with other content.</param>
    public static RpcException Conflict(string field, StoreException failure) =>
        Fail(StatusCode.AlreadyExists, $"{field} was told before with other content: {failure.Message}");

    /// <summary>FAILED_PRECONDITION: asked rightly, but what it needs is not there.</summary>
    public static RpcException NotNow(string sentence) => Fail(StatusCode.FailedPrecondition, sentence);

    /// <summary>RESOURCE_EXHAUSTED with a hint when to come again.</summary>
    public static Google.Rpc.Status Overloaded(string sentence) => Status(StatusCode.ResourceExhausted, sentence, Retry(OverloadedDelay));

    public static RpcException TooLarge(string sentence) => Fail(StatusCode.ResourceExhausted, sentence);

    /// <summary>What a caller may know of a failure that nobody foresaw.</summary>
    public static RpcException Internal() =>
        Fail(StatusCode.Internal, "The bridge failed to answer this call. Its log has the cause.");

    /// <param name="type">What the call was about (note, occurrence, project); null when nothing is named.</param>
    public static RpcException From(StoreException failure, string? type = null, string? name = null)
    {
        IMessage? about = type is null || name is null ? null : Info(type, name);
        return failure.Failure switch
        {
            StoreFailure.NotFound => Fail(StatusCode.NotFound, failure.Message, about),
            StoreFailure.AlreadyExists => Fail(StatusCode.AlreadyExists, failure.Message, about),
            StoreFailure.KindMismatch => Fail(StatusCode.InvalidArgument, failure.Message, about),
            StoreFailure.NotStorable => Fail(StatusCode.InvalidArgument, failure.Message),
            StoreFailure.Overloaded => Overloaded(failure.Message).ToRpcException(),
            StoreFailure.Unavailable => Fail(StatusCode.Unavailable, failure.Message, Retry(UnavailableDelay)),
            StoreFailure.Damaged => Fail(StatusCode.DataLoss, failure.Message),
            StoreFailure.Broken => Fail(StatusCode.Internal, "The bridge's database needs its operator. Its log has the cause."),
            _ => Internal(),
        };
    }

    /// <summary>True when the same call may succeed later, with nobody changing anything.</summary>
    public static bool IsTransient(this StoreFailure failure) => failure is StoreFailure.Overloaded or StoreFailure.Unavailable;

    /// <summary>True when the database itself is at fault.</summary>
    public static bool NeedsPerson(this StoreFailure failure) => failure is StoreFailure.Broken or StoreFailure.Damaged;

    /// <summary>The status that goes out as it is; for everything, also where transcoding has no say.</summary>
    public static Google.Rpc.Status Status(StatusCode code, string message, params ReadOnlySpan<IMessage?> details)
    {
        var status = new Google.Rpc.Status { Code = (int)code, Message = message };
        foreach (var detail in details)
        {
            if (detail is not null)
                status.Details.Add(Any.Pack(detail));
        }

        return status;
    }

    private static RpcException Fail(StatusCode code, string message, params ReadOnlySpan<IMessage?> details) =>
        Status(code, message, details).ToRpcException();

    private static ResourceInfo Info(string type, string name) =>
        new() { ResourceType = type, ResourceName = QuotedText.Shorten(name) };

    private static RetryInfo Retry(TimeSpan delay) => new() { RetryDelay = Duration.FromTimeSpan(delay) };

    private static string Summary(IReadOnlyList<Problem> problems, int count)
    {
        var text = new StringBuilder();
        foreach (var problem in problems)
        {
            var one = problem.Field.Length == 0 ? problem.Sentence : $"{problem.Field} {problem.Sentence}";
            if (text.Length > 0)
            {
                if (text.Length + one.Length > MaxMessageLength)
                {
                    return text.Append(CultureInfo.InvariantCulture, $" (and others; {count} problems in all)").ToString();
                }

                text.Append("; ");
            }

            text.Append(one.Length > MaxMessageLength ? QuotedText.Shorten(one) : one);
        }

        return text.ToString();
    }
}
