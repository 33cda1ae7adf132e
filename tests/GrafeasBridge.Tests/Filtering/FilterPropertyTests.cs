using System.Text;
using CsCheck;
using Grafeas.V1;
using GrafeasBridge.Filtering;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Filtering;

[OwnStore]
public sealed class FilterPropertyTests
{
    private const string Alphabet = "ab1.0x e=:<>!-+()[],\"\\*ANDOROT\t\n'é_&|{~\u00a0😀";

    private static readonly FilterLimits Limits = new();

    [Fact]
    public void What_matches_fulfils_the_condition_and_when_it_is_exact_the_other_way_round()
    {
        int exact = 0, matched = 0, told = 0;
        Gen.Int.Sample(
            seed =>
            {
                var random = new RandomFilters(seed);
                var text = random.Filter();
                var filter = ListFilter.Compile(text, FilterSubject.Occurrences, Limits);
                if (filter.IsExact)
                    Interlocked.Increment(ref exact);
                if (filter.Condition is not (Condition.Always or Condition.Never))
                    Interlocked.Increment(ref told);
                for (var i = 0; i < 20; i++)
                {
                    var occurrence = random.Occurrence();
                    var matches = filter.Matches(occurrence);
                    var fulfils = filter.Condition.Holds(column => TextOf(column, occurrence), column => NumberOf(column, occurrence));
                    if (matches)
                        Interlocked.Increment(ref matched);
                    Assert.True(!matches || fulfils, $"{text}: {ConditionText.Of(filter.Condition)} misses {occurrence}");
                    Assert.True(!filter.IsExact || matches == fulfils, $"{text}: {ConditionText.Of(filter.Condition)} takes in {occurrence}");
                }
            },
            iter: PropertyRuns.Of(2000));
        // Nothing would be shown if filters were hardly ever exact, or told nothing, or matched nothing.
        Assert.True(exact > 500 && told > 500 && matched > 500, $"{exact} exact, {told} telling, {matched} matches");
    }

    [Fact]
    public void Whatever_is_typed_is_understood_or_refused_at_a_place_in_it() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            var text = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            try
            {
                FilterParser.Parse(text, Limits);
            }
            catch (FilterException refused)
            {
                Assert.InRange(refused.Position, 0, text.Length);
            }
        },
        iter: PropertyRuns.Of(20_000));

    [Fact]
    public void A_text_put_in_quotes_comes_out_as_it_was() => Gen.String[Gen.Char["ab\\\"\n\t\u0001é日 *'"], 0, 12].Sample(
        text =>
        {
            var tree = Assert.IsType<CallNode>(FilterParser.Parse($"a={Escaped(text)} OR b={Escaped(text)}", Limits));
            foreach (var side in tree.Args)
            {
                Assert.Equal(text, Assert.IsType<StringNode>(Assert.IsType<CallNode>(side).Args[1]).Value);
            }
        },
        iter: PropertyRuns.Of(2000));

    [Fact]
    public void Texts_are_ordered_as_their_UTF8_is() => Gen.Select(Gen.String[Gen.Char["aé\uE000\uFFFD"], 0, 4], Gen.Int[0, 3], Gen.Int[0, 3]).Sample(
        (text, i, j) =>
        {
            string left = text.Insert(Math.Min(i, text.Length), "😀"), right = text.Insert(Math.Min(j, text.Length), "\uFF5E");
            Assert.Equal(Math.Sign(ConditionMeaning.Utf8Order(left, right)), Math.Sign(TextTest.Compare(left, right)));
        },
        iter: PropertyRuns.Of(2000));

    private static string Escaped(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            quoted.Append(c switch { '\\' => "\\\\", '"' => "\\\"", '\n' => "\\n", '\u0001' => "\\x01", 'é' => "\\303\\251", _ => $"{c}" });
        }

        return quoted.Append('"').ToString();
    }

    private static string TextOf(Column column, Occurrence occurrence) => column switch
    {
        Column.ResourceUri => occurrence.ResourceUri,
        Column.NoteProject => occurrence.NoteName.Split('/')[1],
        Column.NoteId => occurrence.NoteName.Split('/')[3],
        _ => throw new ArgumentException($"{column} is no text", nameof(column)),
    };

    private static long NumberOf(Column column, Occurrence occurrence) => column switch
    {
        Column.Kind => (long)occurrence.Kind,
        Column.CreateTime => occurrence.CreateTime.ToDateTime().Ticks,
        _ => throw new ArgumentException($"{column} is no number", nameof(column)),
    };
}
