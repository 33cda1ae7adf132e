using System.Globalization;
using Google.Protobuf.Reflection;
using GrafeasBridge.Protos;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.Extensions.Primitives;

namespace GrafeasBridge.Api.Rest;

/// <summary>
/// The query of a REST call, strictly: transcoding ignores a parameter that it does not know, so that a misspelt pageSize
/// would go unnoticed.
/// </summary>
internal static class RestQuery
{
    // What Google's own REST clients add to every call; their defaults are what this service does anyway.
    private static readonly HashSet<string> System =
        new(StringComparer.Ordinal) { "alt", "$alt", "prettyPrint", "$prettyPrint", "key", "quotaUser", "$.xgafv" };

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT with every parameter that is wrong.</exception>
    public static void Check(IQueryCollection query, GrpcJsonTranscodingMetadata method)
    {
        if (query.Count == 0)
            return;
        Checker check = default;
        var given = new HashSet<string>(StringComparer.Ordinal);
        foreach ((var name, var values) in query)
        {
            if (System.Contains(name))
                continue;
            var fields = DescriptorPath.Resolve(method.MethodDescriptor.InputType, name, MayEnter);
            if ((Problem(fields, values, method) ?? Twice(fields!, given)) is { } problem)
                check.Add(QuotedText.Shorten(name), problem);
        }

        if (check.Any)
            throw Errors.Invalid(check.Problems, check.Uncounted);
    }

    private static bool MayEnter(FieldDescriptor field) => !field.IsRepeated && !JsonScalars.TakesText(field.MessageType);

    private static string? Problem(FieldDescriptor[]? fields, StringValues values, GrpcJsonTranscodingMetadata method)
    {
        if (method.HttpRule.Body == "*")
            return "is given in the query, but all fields of this method belong in the body";
        if (fields is null)
            return $"is no parameter of {method.MethodDescriptor.Name}";
        if (fields[0].Name == method.HttpRule.Body)
            return "is given in the query, but belongs in the body";
        if (IsInPath(fields[0].Name, HttpBinding.Of(method.HttpRule).Pattern))
            return "is given in the query, but is part of the path";
        var field = fields[^1];
        if (values.Count > 1 && !field.IsRepeated)
            return "is given more than once";
        var value = values[0] ?? string.Empty;
        return field.FieldType switch
        {
            FieldType.Int32 when !int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) =>
                $"is '{QuotedText.Shorten(value)}'; a whole number is wanted",
            FieldType.Bool when value is not ("true" or "false") => $"is '{QuotedText.Shorten(value)}'; true or false is wanted",
            _ => null,
        };
    }

    private static string? Twice(FieldDescriptor[] fields, HashSet<string> given) =>
        given.Add(string.Join('.', fields.Select(field => field.Name))) ? null : "is given in both spellings";

    private static bool IsInPath(string name, string pattern) =>
        pattern.Contains($"{{{name}=", StringComparison.Ordinal) || pattern.Contains($"{{{name}}}", StringComparison.Ordinal);
}
