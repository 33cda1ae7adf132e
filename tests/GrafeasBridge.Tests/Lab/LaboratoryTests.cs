using System.Globalization;
using System.Reflection;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Lab;

/// <summary>The laboratory in its smallest form, run as people run it. <c>bash tests/lab.sh</c> runs all of it.</summary>
[OwnStore]
public sealed class LaboratoryTests(ITestOutputHelper output)
{
    private static readonly string Program = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory,
        typeof(LaboratoryTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(one => one.Key == "LaboratoryAssembly").Value!));

    /// <summary>All but the mutants, which are told one by one.</summary>
    public static TheoryData<string> Scenarios =>
    [
        "crash-random", "crash-points", "retries", "faulty-target", "clock", "network-cut", "outage", "disk-full", "read-only-locked", "damaged-page",
        "dead-version", "overload", "drain", "drift", "replicas", "database-killed",
    ];

    [Theory]
    [InlineData("AckBeforeCommit")]
    [InlineData("SettleWrongRevision")]
    [InlineData("IgnoreReadBack")]
    [InlineData("DropLeaseCheck")]
    [InlineData("DropRequestIds")]
    [InlineData("ForgetIntent")]
    [RunIn(LongerRun.Full)]
    public Task A_service_with_a_planted_bug_is_caught_and_the_same_run_without_it_passes(string mutant) =>
        PassesAsync("--scenario", "mutants", "--mutant", mutant);

    [Theory]
    [MemberData(nameof(Scenarios))]
    [RunIn(LongerRun.Full)]
    [Needs(Need.Postgres, Need.Root)]
    public Task Every_promise_is_kept_in_the_short_form_of_every_scenario(string scenario) => PassesAsync("--scenario", scenario);

    [Theory]
    [InlineData("crash-random", 1)]
    [InlineData("crash-points", 2)]
    [RunIn(LongerRun.Default)]
    public Task Nothing_is_lost_when_the_service_is_killed_at_a_random_moment_or_between_two_of_its_steps(string scenario, int rounds) =>
        PassesAsync("--scenario", scenario, "--rounds", Text(rounds));

    [Theory]
    [InlineData("replicas", 1)]
    [InlineData("database-killed", 1)]
    [RunIn(LongerRun.Default)]
    [Needs(Need.Postgres)]
    public Task Nothing_is_lost_when_one_of_three_bridges_on_PostgreSQL_is_killed_and_one_sleeps_beyond_its_leases_or_PostgreSQL_itself_is_killed(
        string scenario, int rounds) => PassesAsync("--scenario", scenario, "--rounds", Text(rounds));

    [Fact]
    public async Task Every_scenario_and_every_crash_point_is_listed_once()
    {
        var scenarios = await ListAsync("--list");
        Assert.Equal(scenarios.Order(StringComparer.Ordinal), Scenarios.Select(row => row.Data).Append("mutants").Order(StringComparer.Ordinal));
        var points = await ListAsync("--list-crash-points");
        Assert.True(points.Length > 10);
        Assert.Equal(points.Length, points.Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [InlineData("'--what' is not understood", "--what")]
    [InlineData("There is no scenario 'nothing'", "--scenario", "nothing")]
    [InlineData("it needs a whole number", "--rounds", "many")]
    public async Task A_command_that_is_not_understood_is_refused_with_the_reason(string reason, params string[] arguments)
    {
        (var exit, var told) = await RunAsync(arguments);
        Assert.Equal(2, exit);
        Assert.Contains(reason, told, StringComparison.Ordinal);
    }

    private static async Task<string[]> ListAsync(string list)
    {
        (var exit, var told) = await RunAsync([list]);
        Assert.Equal(0, exit);
        return [.. told.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0])];
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task PassesAsync(params string[] arguments)
    {
        var seed = Text(Seeds.Next(output));
        (var exit, var told) = await RunAsync([.. arguments, "--seed", seed]);
        output.WriteLine(told);
        Assert.True(exit == 0, told);
    }

    private static async Task<(int Exit, string Told)> RunAsync(string[] arguments)
    {
        var result = await ProgramRun.RunAsync("dotnet", [Program, .. arguments]);
        return (result.Code, result.Text);
    }
}
