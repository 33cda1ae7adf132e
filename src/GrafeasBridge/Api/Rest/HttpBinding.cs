using Google.Api;

namespace GrafeasBridge.Api.Rest;

/// <summary>Verb and address of one HTTP binding of a method.</summary>
internal static class HttpBinding
{
    public static (System.Net.Http.HttpMethod Verb, string Pattern) Of(HttpRule rule) => rule.PatternCase switch
    {
        HttpRule.PatternOneofCase.Get => (System.Net.Http.HttpMethod.Get, rule.Get),
        HttpRule.PatternOneofCase.Post => (System.Net.Http.HttpMethod.Post, rule.Post),
        HttpRule.PatternOneofCase.Put => (System.Net.Http.HttpMethod.Put, rule.Put),
        HttpRule.PatternOneofCase.Patch => (System.Net.Http.HttpMethod.Patch, rule.Patch),
        HttpRule.PatternOneofCase.Delete => (System.Net.Http.HttpMethod.Delete, rule.Delete),
        _ => throw new NotSupportedException($"A binding of the kind {rule.PatternCase} has no verb that OpenAPI knows."),
    };
}
