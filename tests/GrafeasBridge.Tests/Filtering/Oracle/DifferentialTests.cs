using System.Text.Json.Nodes;
using Grafeas.V1;
using GrafeasBridge.Filtering;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Filtering.Oracle;

/// <summary>
/// The service's filters against the oracle's, which shares no code with them. GRAFEASBRIDGE_PROPERTY_FACTOR makes the runs longer,
/// GRAFEASBRIDGE_SEED repeats one.
/// </summary>
[OwnStore]
public sealed class DifferentialTests(ITestOutputHelper output)
{
    private const int Filters = 1500;
    private const int Messages = 40;

    [Fact]
    public void A_filter_matches_exactly_what_the_oracle_says()
    {
        var seed = Seeds.Next(output);
        var random = new Random(seed);
        var filters = new RandomTerms(random);
        var (differences, comparisons, matches) = (new List<string>(), 0L, 0L);
        for (var round = 0; round < PropertyRuns.Of(Filters); round++)
        {
            if (round % 50 == 0)
                NewMessages(random);
            var (term, text) = filters.Next();
            var filter = ListFilter.Compile(text, FilterSubject.Occurrences, new FilterLimits());
            string? wrong = null;
            foreach (var (message, read) in messages)
            {
                comparisons++;
                var expected = FilterOracle.Matches(term, read);
                matches += expected ? 1 : 0;
                if (filter.Matches(message) != expected)
                    wrong ??= $"{text}\n  should {(expected ? "" : "not ")}match {read.ToJsonString()}";
            }

            if (wrong is not null)
                differences.Add(wrong);
        }

        output.WriteLine($"{comparisons} comparisons, {matches} matches, {differences.Count} differences");
        foreach (var difference in differences.OrderBy(text => text.Length).Take(10))
            output.WriteLine(difference);
        Assert.Empty(differences);
        // A run in which everything or nothing matches would prove little.
        Assert.InRange(matches, comparisons / 10, comparisons * 9 / 10);
    }

    private readonly List<(Occurrence Message, JsonNode Read)> messages = [];

    private void NewMessages(Random random)
    {
        messages.Clear();
        var generator = new RandomMessages(random);
        for (var i = 0; i < Messages; i++)
        {
            var message = generator.Next("p", i);
            messages.Add((message, FilterOracle.Read(message)));
        }
    }
}
