using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grafeas.V1;
using Grafeas.V1.Project;
using Grpc.Core;

namespace GrafeasBridge.Tests.Ingest;

/// <summary>Runs the steps of one case of tests/conformance over gRPC.</summary>
internal sealed partial class CaseRunner(CallInvoker invoker, string unique)
{
    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(bytes => bytes, bytes => bytes);

    private static readonly Dictionary<string, MethodDescriptor> Methods =
        new[]
            {
                GrafeasReflection.Descriptor, ProjectReflection.Descriptor,
                Grafeas.V1Beta1.GrafeasReflection.Descriptor, Grafeas.V1Beta1.Project.ProjectReflection.Descriptor,
            }
            .SelectMany(file => file.Services)
            .SelectMany(service => service.Methods)
            .ToDictionary(method => $"{method.Service.FullName}/{method.Name}");

    private readonly Dictionary<string, string> saved = new() { ["P"] = $"c-{unique}", ["P2"] = $"d-{unique}" };

    public async Task RunAsync(JsonArray steps, CancellationToken cancellationToken)
    {
        for (var i = 0; i < steps.Count; i++)
        {
            var problem = await StepAsync(steps[i]!, cancellationToken);
            if (problem is not null)
                Assert.Fail($"step {i}, {steps[i]!["rpc"]}: {problem}");
        }
    }

    private async Task<string?> StepAsync(JsonNode step, CancellationToken cancellationToken)
    {
        var request = Fill(step["request"] ?? new JsonObject(), saved);
        Repeat(step["repeat"], request, isMap: false);
        Repeat(step["repeat_map"], request, isMap: true);
        (var code, var detail, var answer) = await CallAsync((string)step["rpc"]!, request, cancellationToken);
        var wanted = step["expect"]?["code"];
        string[] codes = wanted is JsonArray several ? [.. several.Select(c => (string)c!)] : [(string?)wanted ?? "OK"];
        if (!codes.Contains(code))
            return $"got {code} ({detail}), want {string.Join(" or ", codes)}";
        if (answer is null)
            return null;
        foreach ((var path, var want) in step["expect"]?["fields"] as JsonObject ?? [])
        {
            var problem = CaseMatcher.Mismatch(CaseMatcher.At(answer, path), want is null ? null : Fill(want, saved));
            if (problem is not null)
                return $"field {path}: {problem}";
        }

        return Save(step["save"] as JsonObject ?? [], answer);
    }

    private string? Save(JsonObject wanted, JsonNode answer)
    {
        foreach ((var name, var from) in wanted)
        {
            var path = from is JsonObject ? (string)from["path"]! : (string)from!;
            if ((string?)CaseMatcher.At(answer, path) is not { } value)
                return $"nothing at {path} to keep";
            saved[name] = from is JsonObject
                ? Regex.Match(value, (string)from["regex"]!, RegexOptions.None, TimeSpan.FromSeconds(5)).Groups[1].Value
                : value;
        }

        return null;
    }

    private async Task<(string Code, string Detail, JsonNode? Answer)> CallAsync(
        string rpc, JsonNode request, CancellationToken cancellationToken)
    {
        var descriptor = Methods[rpc];
        var body = WireJson.Read(request, descriptor.InputType).ToByteArray();
        var method = new Method<byte[], byte[]>(MethodType.Unary, descriptor.Service.FullName, descriptor.Name, Bytes, Bytes);
        try
        {
            var answer = await invoker.AsyncUnaryCall(method, null, new CallOptions(cancellationToken: cancellationToken), body);
            return ("OK", string.Empty, WireJson.Write(descriptor.OutputType.Parser.ParseFrom(answer)));
        }
        catch (RpcException refusal)
        {
            return (CodeName(refusal.StatusCode), refusal.Status.Detail, null);
        }
    }

    private void Repeat(JsonNode? repeat, JsonNode request, bool isMap)
    {
        if (repeat is null)
            return;
        var path = ((string)repeat["path"]!).Split('.');
        var parent = path[..^1].Aggregate(request, (node, part) => node[part] ??= new JsonObject());
        var map = new JsonObject();
        var list = new JsonArray();
        for (var i = 0; i < (int)repeat["count"]!; i++)
        {
            var names = new Dictionary<string, string>(saved) { ["i"] = i.ToString("D4", CultureInfo.InvariantCulture) };
            var item = Fill(repeat["item"]!, names);
            if (isMap)
                map[Fill((string)repeat["key"]!, names)] = item;
            else
                list.Add(item);
        }

        parent[path[^1]] = isMap ? map : list;
    }

    private static JsonNode Fill(JsonNode json, Dictionary<string, string> names) => json switch
    {
        JsonObject o => new JsonObject(o.Select(p => KeyValuePair.Create(Fill(p.Key, names), p.Value is null ? null : Fill(p.Value, names)))),
        JsonArray list => new JsonArray([.. list.Select(item => item is null ? null : Fill(item, names))]),
        JsonValue value when value.TryGetValue(out string? text) => JsonValue.Create(Fill(text, names)),
        _ => json.DeepClone(),
    };

    private static string Fill(string text, Dictionary<string, string> names) =>
        Variables().Replace(text, match => names.GetValueOrDefault(match.Groups["name"].Value, match.Value));

    // InvalidArgument -> INVALID_ARGUMENT
    private static string CodeName(StatusCode code) => WordStarts().Replace(code.ToString(), "_").ToUpperInvariant();

    [GeneratedRegex(@"\$\{(?<name>[A-Za-z0-9_]+)\}", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Variables();

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex WordStarts();
}
