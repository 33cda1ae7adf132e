using CsCheck;
using Grafeas.V1;
using GrafeasBridge.Mapping;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Mapping;

/// <summary>A fold that was saved and goes on is the fold of everything.</summary>
public sealed class SavedFoldTests : IDisposable
{
    private const string Group = """{ "group": "b", "kinds": ["BUILD"], "about": ["build.provenance"], "same": ["build.provenance.id"], "time": ["build.provenance.end_time"] }""";
    private const string Gap = "may be missing here";

    private static readonly OccurrenceMapping Wide = MappingFixture.Open();
    private static readonly OccurrenceMapping Narrow = MappingFixture.Open(("MaxValues", "3"), ("MaxValueLength", "128"), ("MaxArtifacts", "4"));

    private readonly TemporaryFolder folder = new();
    private int files;

    public void Dispose() => folder.Dispose();

    [Fact]
    public void For_every_split_of_any_occurrences_the_saved_fold_of_the_one_part_and_the_other_part_give_what_all_give()
    {
        var any = Open(
            """{ "attribute": "signed", "type": "boolean", "several": "any", "from": ["envelope.signatures[*].sig -> true", "build.provenance.id -> false"] }""",
            """{ "attribute": "by", "type": "string", "several": "newest-set", "group": "b", "from": ["build.provenance.creator", "note_name"] }""");
        Gen.Select(Gen.Int, Gen.Int[0, 2]).Sample(
            (seed, which) =>
            {
                var mapping = which switch { 0 => Wide, 1 => Narrow, _ => any };
                var random = new RandomOccurrences(seed);
                var occurrences = random.List(which == 1 ? 120 : 40);
                var expected = mapping.Map(occurrences).Text();
                random.Shuffle(occurrences);
                var split = new Random(seed).Next(occurrences.Count + 1);
                Assert.Equal(expected, Split(mapping, mapping, occurrences[..split], occurrences[split..]).Text());
            },
            iter: PropertyRuns.Of(150));
    }

    [Fact]
    public void Saving_again_and_again_loses_nothing() => Gen.Int.Sample(
        seed =>
        {
            var occurrences = new RandomOccurrences(seed).List(60);
            var fold = Narrow.Begin();
            foreach (var occurrence in occurrences)
            {
                fold.Add(occurrence);
                fold = Narrow.Begin(fold.Save());
            }

            Assert.Equal(Narrow.Map(occurrences).Text(), fold.Finish().Text());
        },
        iter: PropertyRuns.Of(20));

    [Fact]
    public void What_a_saved_fold_takes_does_not_grow_with_the_number_of_occurrences()
    {
        int[] sizes = [.. new[] { 500, 5000 }.Select(count =>
        {
            var fold = Wide.Begin();
            for (var i = 0; i < count; i++)
                fold.Add(Build(i, $"build-{i}"));
            return fold.Save().Length;
        })];
        Assert.InRange(sizes[1], 1, sizes[0] * 11 / 10);
    }

    [Fact]
    public void A_row_that_reads_other_sources_now_keeps_what_was_saved_and_says_that_something_may_be_missing()
    {
        var before = Open("""{ "attribute": "x", "type": "string", "several": "all", "from": ["build.provenance.id"] }""");
        var after = Open("""{ "attribute": "x", "type": "string", "several": "all", "from": ["build.provenance.creator"] }""");
        var x = Assert.Single(Split(before, after, [Build(9, "newest")], [Build(1, "old", "eve")]));
        Assert.Equal(["eve", "newest"], x.Values);
        Assert.Contains(Gap, x.Loss, StringComparison.Ordinal);
        Assert.Equal("all: (a source that the table no longer has)", x.Rule);

        var again = Assert.Single(after.Begin(Saved(after, Saved(before, null, Build(9, "newest")), Build(1, "old", "eve"))).Finish());
        Assert.Equal(["eve", "newest"], again.Values);
        Assert.Contains(Gap, again.Loss, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_of_another_type_and_a_row_that_is_new_know_only_of_the_rest_and_say_so()
    {
        var before = Open("""{ "attribute": "x", "type": "string", "several": "all", "from": ["build.provenance.id"] }""");
        var after = Open(
            """{ "attribute": "x", "type": "version", "several": "all", "from": ["build.provenance.id"] }""",
            """{ "attribute": "y", "type": "number", "several": "count", "equals": "2", "from": ["build.provenance.id"] }""",
            """{ "attribute": "z", "type": "string", "several": "newest", "group": "b", "from": ["build.provenance.id"] }""");
        var told = Split(before, after, [Build(1, "1")], [Build(2, "2")]);
        Assert.Equal(["2"], told[0].Values);
        Assert.Equal(["1"], told[1].Values);
        Assert.Equal(["2"], told[2].Values);
        Assert.All(told, attribute => Assert.Contains(Gap, attribute.Loss, StringComparison.Ordinal));
        Assert.Empty(after.Begin(Saved(before, null, Build(1, "1"))).Finish());
    }

    [Fact]
    public void A_row_that_did_not_change_is_whole_though_others_did()
    {
        const string same = """{ "attribute": "x", "type": "string", "several": "newest", "group": "b", "from": ["build.provenance.id"] }""";
        var before = Open(same, """{ "attribute": "y", "type": "string", "several": "all", "from": ["name"] }""");
        var after = Open(same, """{ "attribute": "z", "type": "string", "several": "all", "from": ["name"] }""");
        var x = Split(before, after, [Build(2, "2")], [Build(1, "1")]).Single(a => a.Name == "x");
        Assert.Equal(["2"], x.Values);
        Assert.Null(x.Loss);
    }

    [Fact]
    public void Narrower_limits_hold_for_what_was_saved_too_and_wider_ones_do_not_pretend()
    {
        List<Occurrence> old = [.. Enumerable.Range(0, 9).Select(i => Build(i, $"{i}" + new string('x', 500)))];
        foreach (var attribute in Split(Wide, Narrow, old, []))
        {
            Assert.InRange(attribute.Values.Count, 1, 3);
            Assert.All(attribute.Values, value => Assert.InRange(value.Length, 1, 128));
        }

        var wider = Split(Narrow, Wide, old, []).Single(a => a.Name == "grafeas.occurrence");
        Assert.Equal(3, wider.Values.Count);
        Assert.Contains(Gap, wider.Loss, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_saved_state_are_refused()
    {
        foreach (var wrong in new byte[][] { [], [0], [2, 1, 2], [1], [1, 9, 9, 9], Saved(Wide, null, Build(1, "1"))[..^9] })
            Assert.Throws<InvalidDataException>(() => Wide.Begin(wrong));
    }

    private static IReadOnlyList<MappedAttribute> Split(
        OccurrenceMapping before, OccurrenceMapping after, IReadOnlyList<Occurrence> old, IReadOnlyList<Occurrence> rest)
    {
        var fold = after.Begin(Saved(before, null, [.. old]));
        foreach (var occurrence in rest)
            fold.Add(occurrence);
        return fold.Finish();
    }

    private static byte[] Saved(OccurrenceMapping mapping, byte[]? saved, params Occurrence[] occurrences)
    {
        var fold = saved is null ? mapping.Begin() : mapping.Begin(saved);
        foreach (var occurrence in occurrences)
            fold.Add(occurrence);
        return fold.Save();
    }

    private static Occurrence Build(int second, string id, string creator = "") => new()
    {
        Name = $"projects/p/occurrences/{second:d6}",
        Kind = NoteKind.Build,
        CreateTime = new() { Seconds = second },
        NoteName = "projects/p/notes/n",
        Build = new BuildOccurrence { Provenance = new BuildProvenance { Id = id, Creator = creator } },
    };

    private OccurrenceMapping Open(params string[] rows)
    {
        var path = folder.File($"{files++}.json");
        File.WriteAllText(path, $$"""{ "format": 1, "groups": [{{Group}}], "rows": [{{string.Join(',', rows)}}] }""");
        return MappingFixture.Open(("File", path));
    }
}
