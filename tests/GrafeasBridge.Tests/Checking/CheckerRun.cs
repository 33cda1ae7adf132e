using System.Reflection;
using System.Runtime.Loader;
using System.Text.Json.Nodes;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Checking;

/// <summary>How a run of the checker ended.</summary>
internal sealed record CheckerRun(int Code, string Output, string Errors, JsonNode? Report)
{
    private static readonly string Program = Path.GetFullPath(
        typeof(CheckerRun).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "CheckerAssembly").Value!,
        AppContext.BaseDirectory);

    private static readonly MethodInfo Entry = new Apart().LoadFromAssemblyPath(Program)
        .GetType("GrafeasBridge.Checker.Program", throwOnError: true)!
        .GetMethod("RunAsync", BindingFlags.Static | BindingFlags.NonPublic)!;

    /// <summary>The rules that were broken, in order, with how often.</summary>
    public string Found => string.Join(
        ' ', Report!["found"]!.AsObject().Where(r => r.Value!.GetValue<long>() > 0).Select(r => $"{r.Key}:{r.Value}"));

    public string Texts => string.Join('\n', Report!["findings"]!.AsArray().Select(f => $"{f!["about"]}: {f["text"]} {string.Join(" | ", f["evidence"]!.AsArray())}"));

    public long Count(string what) => Report!["counts"]![what]?.GetValue<long>() ?? 0;

    public string NotJudged => string.Join('\n', Report!["notJudged"]!.AsObject().Select(n => $"{n.Key}: {n.Value}"));

    /// <summary>Runs the built program in this process: apart from it, and without the time that a start takes.</summary>
    public static async Task<CheckerRun> InsideAsync(IEnumerable<string> arguments, string? report = null)
    {
        using StringWriter output = new(), errors = new();
        string[] given = [.. arguments, .. report is null ? [] : new[] { "--json", report }];
        var code = await (Task<int>)Entry.Invoke(null, [given, output, errors])!;
        return new CheckerRun(code, output.ToString(), errors.ToString(), await ReportAsync(code, report));
    }

    /// <summary>Runs the built program as a process, as its users do.</summary>
    public static async Task<CheckerRun> OfAsync(IEnumerable<string> arguments, string? report = null)
    {
        (var code, var output, var errors) = await ProgramRun.RunAsync("dotnet", [Program, .. arguments, .. report is null ? [] : new[] { "--json", report }]);
        return new CheckerRun(code, output, errors, await ReportAsync(code, report));
    }

    private static async Task<JsonNode?> ReportAsync(int code, string? report) =>
        report is not null && code is 0 or 1 ? JsonNode.Parse(await File.ReadAllTextAsync(report!, TestContext.Current.CancellationToken)) : null;

    // With its own libraries: nothing of the service is near it.
    private sealed class Apart() : AssemblyLoadContext("checker")
    {
        private readonly AssemblyDependencyResolver resolver = new(Program);

        protected override Assembly? Load(AssemblyName assemblyName) =>
            resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;
    }
}
