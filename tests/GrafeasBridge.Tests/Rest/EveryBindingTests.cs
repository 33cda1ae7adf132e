using System.Net;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Google.Api;
using Google.Protobuf.Reflection;

namespace GrafeasBridge.Tests.Rest;

/// <summary>Walks every HTTP binding of every service compiled into the program: none is left unmapped.</summary>
public sealed partial class EveryBindingTests(BridgeFixture fixture) : IClassFixture<BridgeFixture>
{
    public static TheoryData<string, string, string> Bindings
    {
        get
        {
            var rows = new TheoryData<string, string, string>();
            foreach ((var method, var rule) in Services().SelectMany(service => service.Methods).SelectMany(Rules))
                rows.Add(method.FullName, Verb(rule).Verb, Verb(rule).Pattern);
            return rows;
        }
    }

    [Fact]
    public void Every_method_has_a_binding()
    {
        MethodDescriptor[] methods = [.. Services().SelectMany(service => service.Methods)];
        Assert.True(methods.Length >= 24, $"only {methods.Length} methods were found");
        Assert.Empty(methods.Where(method => !Rules(method).Any()).Select(method => method.FullName));
    }

    [Theory]
    [MemberData(nameof(Bindings))]
    public async Task A_binding_leads_to_its_method(string method, string verb, string pattern)
    {
        using var request = new HttpRequestMessage(new HttpMethod(verb), Sample(pattern));
        if (verb is "POST" or "PATCH" or "PUT")
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        using var answer = await fixture.Host.Rest.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain(answer.StatusCode, new[] { HttpStatusCode.MethodNotAllowed, HttpStatusCode.UnsupportedMediaType, HttpStatusCode.InternalServerError });
        var message = (string?)(JsonNode.Parse(body) as JsonObject)?["message"];
        Assert.False(message?.StartsWith("There is nothing at", StringComparison.Ordinal) == true, $"{method}: {message}");
        Assert.NotEqual(HttpStatusCode.NotImplemented, answer.StatusCode);
    }

    private static IEnumerable<ServiceDescriptor> Services() => typeof(Program).Assembly.GetTypes()
        .Where(type => type.Name.EndsWith("Reflection", StringComparison.Ordinal))
        .Select(type => type.GetProperty("Descriptor", BindingFlags.Static | BindingFlags.Public)?.GetValue(null))
        .OfType<FileDescriptor>()
        .SelectMany(file => file.Services);

    private static IEnumerable<(MethodDescriptor Method, HttpRule Rule)> Rules(MethodDescriptor method)
    {
        var rule = method.GetOptions()?.GetExtension(AnnotationsExtensions.Http);
        return rule is null ? [] : rule.AdditionalBindings.Prepend(rule).Select(one => (method, one));
    }

    private static (string Verb, string Pattern) Verb(HttpRule rule) => rule.PatternCase switch
    {
        HttpRule.PatternOneofCase.Get => ("GET", rule.Get),
        HttpRule.PatternOneofCase.Post => ("POST", rule.Post),
        HttpRule.PatternOneofCase.Put => ("PUT", rule.Put),
        HttpRule.PatternOneofCase.Patch => ("PATCH", rule.Patch),
        HttpRule.PatternOneofCase.Delete => ("DELETE", rule.Delete),
        _ => throw new NotSupportedException($"{rule} is of a kind that no route was ever made for"),
    };

    // {name=projects/*/notes/*} becomes projects/x/notes/x, {target} becomes x.
    private static string Sample(string pattern) => Variables().Replace(
        pattern, variable => variable.Groups["of"].Success ? variable.Groups["of"].Value.Replace("**", "x/x", StringComparison.Ordinal).Replace('*', 'x') : "x");

    [GeneratedRegex(@"\{(?<name>[^=}]+)(=(?<of>[^}]+))?\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Variables();
}
