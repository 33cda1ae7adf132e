using CsCheck;
using Google.Protobuf;
using Grafeas.V1;
using GrafeasBridge.Mapping;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Mapping;

[OwnStore]
public sealed class PropertyTests
{
    private static readonly OccurrenceMapping Mapping = MappingFixture.Open();

    private static readonly string[] Beginnings = ["", "pkg:", "pkg:docker/", "https://", "gcr.io/", "acme-docker-x.bintray.io/", "https://dl.bintray.com/"];

    // AttributeLimits so small that they are reached all the time.
    private static readonly OccurrenceMapping Narrow = MappingFixture.Open(("MaxValues", "3"), ("MaxValueLength", "128"), ("MaxArtifacts", "4"));

    [Fact]
    public void The_order_of_arrival_never_changes_the_attributes() => Gen.Int.Sample(
        seed =>
        {
            var random = new RandomOccurrences(seed);
            var occurrences = random.List(120);
            var expected = Narrow.Map(occurrences).Text();
            random.Shuffle(occurrences);
            return Narrow.Map(occurrences).Text() == expected;
        },
        iter: PropertyRuns.Of(60));

    [Fact]
    public void An_occurrence_that_comes_twice_changes_nothing() => Gen.Int.Sample(
        seed =>
        {
            var random = new RandomOccurrences(seed);
            var occurrences = random.List(40);
            List<Occurrence> twice = [.. occurrences, .. occurrences.Select(o => o.Clone())];
            random.Shuffle(twice);
            return Narrow.Map(twice).Text() == Narrow.Map(occurrences).Text();
        },
        iter: PropertyRuns.Of(60));

    [Fact]
    public void Limits_and_canonical_form_always_hold() => Gen.Int.Sample(
        seed =>
        {
            foreach (var attribute in Narrow.Map(new RandomOccurrences(seed).List(40)))
            {
                Assert.InRange(attribute.Values.Count, 1, 3);
                Assert.Equal(attribute.Values.Distinct().Order(StringComparer.Ordinal), attribute.Values);
                Assert.All(attribute.Values, value => Assert.InRange(value.Length, 1, 128));
                Assert.All(attribute.Values, value => Assert.DoesNotContain(RandomOccurrences.Secret, value, StringComparison.Ordinal));
                Assert.Matches("^[A-Za-z][A-Za-z0-9._-]*$", attribute.Name);
            }
        },
        iter: PropertyRuns.Of(100));

    [Fact]
    public void Mapping_what_came_through_the_wire_gives_the_same() => Gen.Int.Sample(
        seed =>
        {
            var occurrences = new RandomOccurrences(seed).List(10);
            var stored = occurrences.Select(o => Occurrence.Parser.ParseFrom(o.ToByteArray())).ToList();
            return Mapping.Map(stored).Text() == Mapping.Map(occurrences).Text()
                && stored.Zip(occurrences).All(pair => Mapping.Resolve(pair.First).Text() == Mapping.Resolve(pair.Second).Text());
        },
        iter: PropertyRuns.Of(60));

    [Fact]
    public void Placing_never_throws_and_says_either_where_or_why_not() => Gen.Int.Sample(
        seed =>
        {
            var occurrence = new RandomOccurrences(seed).One();
            foreach (var resolution in new[] { Mapping.Resolve(occurrence), Narrow.Resolve(occurrence) })
                AssertSound(resolution);
            Assert.Equal(Mapping.Resolve(occurrence).Text(), Mapping.Resolve(occurrence.Clone()).Text());
        },
        iter: PropertyRuns.Of(3000));

    [Fact]
    public void Occurrences_that_are_alike_are_placed_as_each_alone_and_taught_once() => Gen.Int.Sample(
        seed =>
        {
            var random = new RandomOccurrences(seed);
            var first = random.One();
            List<Occurrence> alike = [first, .. random.List(8).Select(other => new Occurrence(first) { ResourceUri = other.ResourceUri })];
            var place = Narrow.ResolveAlike();
            var together = alike.ConvertAll(place.Invoke);
            var alone = alike.ConvertAll(Narrow.Resolve);

            Assert.Equal(alone.Select(one => (one with { DigestTags = [] }).Text()), together.Select(one => (one with { DigestTags = [] }).Text()));
            Assert.Equal(alone.SelectMany(one => one.DigestTags).Distinct(), together.SelectMany(one => one.DigestTags));
        },
        iter: PropertyRuns.Of(500));

    [Fact]
    public void Any_text_may_be_a_resource() => Gen.Select(Gen.String, Gen.Int[0, Beginnings.Length - 1], Gen.String)
        .Sample(
            (before, i, after) => AssertSound(Mapping.Resolve(new Occurrence { ResourceUri = before.Length % 2 == 0 ? Beginnings[i] + after : before + Beginnings[i] + after })),
            iter: PropertyRuns.Of(3000));

    private static void AssertSound(VersionResolution resolution)
    {
        Assert.Equal(resolution.Named.Count == 0 && resolution.ByDigest.Count == 0, resolution.Reason is not null);
        Assert.Equal(resolution.Named.Distinct(), resolution.Named);
        Assert.Equal(resolution.ByDigest.Distinct(), resolution.ByDigest);
        Assert.All(resolution.Commits, commit => Assert.Matches("^([0-9a-f]{40}|[0-9a-f]{64})$", commit));
        Assert.All(resolution.ByDigest, d => Assert.Contains(':', d.Digest));
        Assert.DoesNotContain(RandomOccurrences.Secret, resolution.Text(), StringComparison.Ordinal);
        foreach (var version in resolution.Named.Concat(resolution.DigestTags.Select(l => l.Version)))
        {
            foreach (var part in new[] { version.Subject, version.Repo, version.Package, version.Version })
                Assert.Matches("^[A-Za-z0-9][A-Za-z0-9._:+~-]{0,254}$", part);
        }
    }
}
