using System.Globalization;
using System.Reflection;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Lab;

/// <summary>The laboratory in its smallest form, run as people run it. <c>bash tests/lab.sh</c> runs all of it.</summary>
public sealed class LaboratoryTests(ITestOutputHelper output)
{
    private static readonly string Program = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory,
        typeof(LaboratoryTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(one => one.Key == "LaboratoryAssembly").Value!));

    [Theory]
    [InlineData("AckBeforeCommit")]
    [InlineData("SettleWrongRevision")]
    [InlineData("IgnoreReadBack")]
    [InlineData("DropLeaseCheck")]
    [InlineData("DropRequestIds")]
    [InlineData("ForgetIntent")]
    public Task A_service_with_a_planted_bug_is_caught_and_the_same_run_without_it_passes(string mutant) =>
        PassesAsync("--scenario", "mutants", "--mutant", mutant);

    [Fact]
    public Task Nothing_is_lost_when_the_service_is_killed_at_random_moments() => PassesAsync("--scenario", "crash-random", "--rounds", "3");

    [Fact]
    public Task Nothing_is_lost_when_one_of_three_bridges_on_PostgreSQL_is_killed_and_one_sleeps_beyond_its_leases() =>
        PassesAsync("--scenario", "replicas", "--rounds", "3");

    [Fact]
    public Task Nothing_is_lost_when_PostgreSQL_itself_is_killed() => PassesAsync("--scenario", "database-killed", "--rounds", "2");

    [Fact]
    public Task Nothing_is_lost_when_the_service_dies_between_two_of_its_steps() => PassesAsync("--scenario", "crash-points", "--rounds", "6");

    [Fact]
    public async Task Every_scenario_and_every_crash_point_is_listed_once()
    {
        foreach (var list in (string[])["--list", "--list-crash-points"])
        {
            (var exit, var told) = await RunAsync([list]);
            Assert.Equal(0, exit);
            string[] names = [.. told.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0])];
            Assert.True(names.Length > 10, told);
            Assert.Equal(names.Length, names.Distinct(StringComparer.Ordinal).Count());
        }
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

    private async Task PassesAsync(params string[] arguments)
    {
        var seed = Seeds.Next(output).ToString(CultureInfo.InvariantCulture);
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
