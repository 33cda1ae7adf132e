using GrafeasBridge.Lab.Host;

namespace GrafeasBridge.Lab.Scenarios.Mutants;

/// <summary>Services with a planted bug: the checker has to see it, and to see nothing where there is none.</summary>
internal sealed class MutantsScenario : Scenario
{
    public override string Name => "mutants";

    public override string About => "Services with a planted bug are each caught by the checker; the same run without the bug passes.";

    public override async Task RunAsync(ScenarioRun run)
    {
        foreach (var one in MutantCase.All.Where(one => run.Mutant == Mutant.None || one.Mutant == run.Mutant))
            await OneAsync(run, one);
    }

    public static async Task OneAsync(ScenarioRun run, MutantCase one)
    {
        var both = await Task.WhenAll(one.TryAsync(run, planted: false), one.TryAsync(run, planted: true));
        (var clean, var nothing) = both[0];
        (var caught, var verdict) = both[1];
        run.Require(clean == 0, $"Without {one.Mutant} the checker says: {string.Join('\n', Reporting.Judge.Problems(clean, nothing))}");
        run.Require(caught == 1, $"{one.Mutant} was not caught.");
        run.Require(Reporting.Judge.Count(verdict, one.Finding) > 0, $"{one.Mutant} was not called {one.Finding}, but {Reporting.Judge.Words(verdict)}.");
        run.Figure(one.Mutant.ToString(), $"{Reporting.Judge.Words(verdict)}");
        run.Count("mutants caught", caught == 1 ? 1 : 0);
    }
}
