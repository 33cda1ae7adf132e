using System.Diagnostics;
using GrafeasBridge.Lab.Reporting;

namespace GrafeasBridge.Lab.Scenarios;

/// <summary>Runs scenarios one after the other and reports.</summary>
internal static class LabRun
{
    private const int AllPassed = 0;
    private const int SomeFailed = 1;
    private const int NotUnderstood = 2;

    public static async Task<int> RunAsync(string[] args)
    {
        LabArguments arguments;
        IReadOnlyList<Scenario> chosen;
        try
        {
            arguments = LabArguments.Parse(args);
            chosen = Choose(arguments);
        }
        catch (Exception wrong) when (wrong is FormatException or ArgumentException)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
            return NotUnderstood;
        }

        if (arguments.OnlyLists)
        {
            foreach (var scenario in Scenario.All)
                Console.WriteLine($"{scenario.Name,-16} {scenario.About}{(scenario.WaitsFor is { } what ? $" Waits for {what}." : "")}");
            return AllPassed;
        }

        var report = new LabReport(arguments);
        var passed = true;
        foreach (var scenario in chosen)
        {
            var result = await OneAsync(scenario, arguments, Console.WriteLine, CancellationToken.None);
            passed &= result.Problems.Count == 0;
            report.Add(result);
        }

        return passed ? AllPassed : SomeFailed;
    }

    /// <summary>Runs one scenario to its verdict. What it throws is a problem of the run.</summary>
    public static async Task<ScenarioResult> OneAsync(Scenario scenario, LabArguments arguments, Action<string> say, CancellationToken stop)
    {
        say($"== {scenario.Name}: {scenario.About} Again: {arguments.Again(scenario.Name)}");
        var began = Stopwatch.GetTimestamp();
        var run = new ScenarioRun(arguments, say, stop);
        string? broke = null;
        try
        {
            await scenario.RunAsync(run);
        }
        catch (Exception cause) when (!stop.IsCancellationRequested)
        {
            broke = cause.ToString();
        }

        var result = new ScenarioResult(
            scenario.Name,
            scenario.About,
            arguments.Seed,
            arguments.Again(scenario.Name),
            Stopwatch.GetElapsedTime(began),
            broke is null ? run.Problems : [.. run.Problems, broke],
            run.Done,
            run.Figures,
            run.Verdict);
        say(ReportText.Summary(result));
        return result;
    }

    private static IReadOnlyList<Scenario> Choose(LabArguments arguments)
    {
        if (arguments.Names.Count == 0)
            return [.. Scenario.All.Where(scenario => scenario.WaitsFor is null)];
        return
        [
            .. arguments.Names.Select(name => Scenario.All.FirstOrDefault(scenario => scenario.Name == name)
                ?? throw new FormatException($"There is no scenario '{name}'; --list names them.")),
        ];
    }
}
