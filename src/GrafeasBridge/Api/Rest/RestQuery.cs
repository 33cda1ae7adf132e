using System.Globalization;
using Google.Api;
using Google.Protobuf.Reflection;
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
            if ((Problem(name, values, method) ?? Twice(name, method, given)) is { } problem)
                check.Add(QuotedText.Shorten(name), problem);
        }

        if (check.Any)
            throw Errors.Invalid(check.Problems, check.Uncounted);
    }

    private static string? Problem(string name, StringValues values, GrpcJsonTranscodingMetadata method)
    {
        var input = method.MethodDescriptor.InputType;
        var first = Find(input, name.Split('.')[0]);
        if (method.HttpRule.Body == "*")
            return "is given in the query, but all fields of this method belong in the body";
        if (first is null || Resolve(input, name) is not { } field)
            return $"is no parameter of {method.MethodDescriptor.Name}";
        if (first.Name == method.HttpRule.Body)
            return "is given in the query, but belongs in the body";
        if (IsInPath(first.Name, Pattern(method.HttpRule)))
            return "is given in the query, but is part of the path";
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

    private static string? Twice(string name, GrpcJsonTranscodingMetadata method, HashSet<string> given) =>
        given.Add(Spelling(method.MethodDescriptor.InputType, name)) ? null : "is given in both spellings";

    private static string Spelling(MessageDescriptor type, string name)
    {
        var names = new List<string>();
        var within = type;
        foreach (var part in name.Split('.'))
        {
            var field = Find(within!, part)!;
            names.Add(field.Name);
            within = field.FieldType == FieldType.Message ? field.MessageType : null;
        }

        return string.Join('.', names);
    }

    private static FieldDescriptor? Resolve(MessageDescriptor type, string name)
    {
        FieldDescriptor? field = null;
        var within = type;
        foreach (var part in name.Split('.'))
        {
            field = within is null ? null : Find(within, part);
            if (field is null)
                return null;
            var parted = field.FieldType == FieldType.Message && !field.IsRepeated && !JsonScalars.TakesText(field.MessageType);
            within = parted ? field.MessageType : null;
        }

        return field;
    }

    private static FieldDescriptor? Find(MessageDescriptor type, string name) =>
        type.Fields.InFieldNumberOrder().FirstOrDefault(field => field.JsonName == name || field.Name == name);

    private static bool IsInPath(string name, string pattern) =>
        pattern.Contains($"{{{name}=", StringComparison.Ordinal) || pattern.Contains($"{{{name}}}", StringComparison.Ordinal);

    private static string Pattern(HttpRule rule) => rule.PatternCase switch
    {
        HttpRule.PatternOneofCase.Get => rule.Get,
        HttpRule.PatternOneofCase.Put => rule.Put,
        HttpRule.PatternOneofCase.Post => rule.Post,
        HttpRule.PatternOneofCase.Delete => rule.Delete,
        HttpRule.PatternOneofCase.Patch => rule.Patch,
        _ => string.Empty,
    };
}
