using System.Text;
using Google.Rpc;
using Grpc.Core;

namespace GrafeasBridge.Cli.Connecting;

/// <summary>A call that failed, in words: the service's sentence, each field with its own, and a remedy where there is one.</summary>
/// <param name="Code">As the service's documentation writes it, such as INVALID_ARGUMENT.</param>
/// <param name="Fields">From google.rpc.BadRequest.</param>
internal sealed record Failure(int ExitCode, string Code, string Message, IReadOnlyList<FieldProblem> Fields)
{
    /// <summary>What the transport says when the other side speaks HTTP, but not the kind that gRPC needs.</summary>
    private static readonly string[] HttpMarks = ["HTTP/2", "HTTP_1_1"];

    public static Failure From(RpcException e, Uri server)
    {
        var status = e.GetRpcStatus();
        FieldProblem[] fields =
            [.. status?.GetDetail<BadRequest>()?.FieldViolations.Select(v => new FieldProblem(v.Field, v.Description)) ?? []];
        var message = (status is { Message.Length: > 0 } ? status.Message : e.Status.Detail) + Cause(e);
        return new(Cli.ExitCode.From(e.StatusCode), Name(e.StatusCode), message + Remedy(e, server), fields);
    }

    public override string ToString()
    {
        var text = new StringBuilder().Append(Code).Append(": ").Append(Message);
        foreach (var field in Fields.Where(f => !Message.Contains($"{f.Field} {f.Description}", StringComparison.Ordinal)))
            text.Append("\n  ").Append(field.Field).Append(": ").Append(field.Description);

        return text.ToString();
    }

    /// <summary>What the network or the certificate check said; only there when no server answered.</summary>
    private static string Cause(RpcException e)
    {
        var cause = e.Status.DebugException;
        while (cause?.InnerException is { } inner)
            cause = inner;

        return cause is null || e.Status.Detail.Contains(cause.Message, StringComparison.Ordinal) ? "" : $" ({cause.Message})";
    }

    private static string Remedy(RpcException e, Uri server)
    {
        var where = server.GetLeftPart(UriPartial.Authority);
        return e.StatusCode switch
        {
            _ when HttpMarks.Any(mark => e.Status.Detail.Contains(mark, StringComparison.OrdinalIgnoreCase)) =>
                $" {where} answers, but not as gRPC: the service's gRPC port is 8080 unless moved, 8081 is for REST.",
            StatusCode.Unavailable =>
                $" {where} is not reachable. Is the service running there? Name another place with --server or GBRIDGE_SERVER.",
            StatusCode.Unauthenticated => " Give an API key with --api-key-file or GBRIDGE_API_KEY.",
            _ => "",
        };
    }

    /// <summary>NotFound → NOT_FOUND.</summary>
    private static string Name(StatusCode status)
    {
        var name = new StringBuilder();
        foreach (var c in status.ToString())
        {
            if (char.IsUpper(c) && name.Length > 0)
                name.Append('_');
            name.Append(char.ToUpperInvariant(c));
        }

        return status == StatusCode.OK ? "OK" : name.ToString();
    }
}

/// <summary>One field and what is wrong with it.</summary>
internal sealed record FieldProblem(string Field, string Description);
