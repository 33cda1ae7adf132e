using Grafeas.V1;
using GrafeasBridge.Mapping;

namespace GrafeasBridge.Tests.Mapping;

public sealed class VersionResolverTests
{
    private const string Web = "acme-docker-images.bintray.io/team/web";
    private static readonly string A = "sha256:" + new string('a', 64);
    private static readonly string B = "sha256:" + new string('b', 64);
    private static readonly OccurrenceMapping Mapping = MappingFixture.Open();

    [Fact]
    public void A_build_page_is_placed_by_what_was_built()
    {
        var resolution = Mapping.Resolve(Build("https://ci.example.com/41", Built(A, string.Empty, Web + ":1.0", Web + ":latest")));

        Assert.Equal(["acme/images/team/web/1.0", "acme/images/team/web/latest"], resolution.Named.Select(n => n.ToString()));
        Assert.Equal(2, resolution.DigestTags.Count);
        Assert.Null(resolution.Resolver);
        Assert.Null(resolution.Reason);
    }

    [Fact]
    public void An_artifact_without_tag_is_meant_by_digest_and_without_digest_as_latest()
    {
        var byDigest = Mapping.Resolve(Build("https://ci.example.com/41", Built(A, Web)));
        var latest = Mapping.Resolve(Build("https://ci.example.com/41", Built(string.Empty, Web)));

        Assert.Equal(A, Assert.Single(byDigest.ByDigest).Digest);
        Assert.Empty(byDigest.Named);
        Assert.Empty(byDigest.DigestTags);
        Assert.Equal("acme/images/team/web/latest", Assert.Single(latest.Named).ToString());
    }

    [Theory]
    [InlineData("0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef", "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("SHA256:0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef", "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("0123456789abcdef0123456789abcdef01234567", "sha1:0123456789abcdef0123456789abcdef01234567")]
    [InlineData("sha256:foo", "sha256:foo")]
    [InlineData("123", null)]
    [InlineData("not a digest", null)]
    public void A_checksum_teaches_when_it_is_a_digest(string checksum, string? digest)
    {
        var resolution = Mapping.Resolve(Build(Web + ":1.0", Built(checksum, string.Empty, Web + ":1.0")));

        Assert.Equal(digest, resolution.DigestTags.SingleOrDefault()?.Digest);
    }

    [Fact]
    public void A_digest_inside_a_name_counts_for_that_name_and_for_the_other_names_of_the_artifact()
    {
        var resolution = Mapping.Resolve(Build(Web + "@" + A, Built(string.Empty, $"{Web}@{A}", Web + ":1.0", $"{Web}:other@{B}")));

        Assert.Equal(["acme/images/team/web/1.0"], resolution.Named.Select(n => n.ToString()));
        Assert.Equal(
            [$"acme/images/team/web/1.0 = {A}", $"acme/images/team/web/other = {B}"],
            resolution.DigestTags.Select(l => $"{l.Version} = {l.Digest}"));
    }

    [Fact]
    public void The_resource_decides_and_other_images_of_the_build_are_only_lessons()
    {
        var resolution = Mapping.Resolve(Build(Web + ":1.0", Built(B, string.Empty, "acme-docker-images.bintray.io/team/worker:1.0")));

        Assert.Equal("acme/images/team/web/1.0", Assert.Single(resolution.Named).ToString());
        Assert.Equal("acme/images/team/worker/1.0", Assert.Single(resolution.DigestTags).Version.ToString());
    }

    [Fact]
    public void A_subject_teaches_by_sha256_when_it_has_several_digests()
    {
        var occurrence = new Occurrence { ResourceUri = Web + "@" + A, Build = new BuildOccurrence { InTotoSlsaProvenanceV1 = new InTotoSlsaProvenanceV1() } };
        occurrence.Build.InTotoSlsaProvenanceV1.Subject.Add(new Subject { Name = Web + ":1.0", Digest = { ["md5"] = new string('c', 32), ["sha256"] = A[7..] } });

        var resolution = Mapping.Resolve(occurrence);

        Assert.Equal(A, Assert.Single(resolution.DigestTags).Digest);
        Assert.Equal("acme/images/team/web/1.0", Assert.Single(resolution.Named).ToString());
    }

    [Fact]
    public void Too_many_artifacts_are_refused_rather_than_half_read()
    {
        var names = Enumerable.Range(0, 11).Select(i => $"{Web}:{i}").ToArray();

        var resolution = MappingFixture.Open(("MaxArtifacts", "10")).Resolve(Build("https://ci.example.com/41", Built(string.Empty, string.Empty, names)));

        Assert.Empty(resolution.Named);
        Assert.Contains("more than 10 artifacts (Mapping:MaxArtifacts)", resolution.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bound_on_artifacts_never_hides_those_with_the_digest_of_the_resource()
    {
        var occurrence = Build(Web + "@" + A, [.. Enumerable.Range(0, 50).Select(i => Built(B, string.Empty, $"{Web}:b{i}"))]);
        occurrence.Build.Provenance.BuiltArtifacts.Add(Built(A, string.Empty, Web + ":wanted"));

        var resolution = MappingFixture.Open(("MaxArtifacts", "10")).Resolve(occurrence);

        Assert.Equal("acme/images/team/web/wanted", Assert.Single(resolution.Named).ToString());
        Assert.Equal(10, resolution.DigestTags.Count);
    }

    [Fact]
    public void Commits_are_whole_ids_of_every_repository_once()
    {
        var one = new string('1', 40);
        var two = new string('A', 40);
        var occurrence = Build(Web + ":1.0");
        occurrence.Build.Provenance.SourceProvenance = new Grafeas.V1.Source
        {
            Context = new SourceContext { Git = new GitSourceContext { Url = "https://github.com/acme/web", RevisionId = two } },
            AdditionalContexts =
            {
                new SourceContext { Git = new GitSourceContext { Url = "https://github.com/acme/tools/commit/" + one } },
                new SourceContext { Gerrit = new GerritSourceContext { RevisionId = one } },
                new SourceContext { Git = new GitSourceContext { Url = "https://github.com/acme/short", RevisionId = "abc1234" } },
            },
        };

        Assert.Equal([one, new string('a', 40)], Mapping.Resolve(occurrence).Commits);
    }

    [Fact]
    public void A_reason_shows_no_credentials()
    {
        foreach (var resource in new[] { "https://u:hunter2@ci.example.com/1", "u:hunter2@registry.example.com/web:1", "pkg:generic/x@1?repository_url=https://u:hunter2@h/x" })
        {
            var reason = Mapping.Resolve(new Occurrence { ResourceUri = resource }).Reason;
            Assert.NotNull(reason);
            Assert.DoesNotContain("hunter2", reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Megabytes_of_text_in_every_field_neither_fail_nor_hang()
    {
        foreach (var text in new[] { new string('a', 1_000_000), string.Concat(Enumerable.Repeat("a://@", 200_000)), string.Concat(Enumerable.Repeat("&token=", 150_000)) })
        {
            var occurrence = Build(text, Built(text, text, text, "https://u@" + text));
            occurrence.Build.Provenance.LogsUri = "https://u:p@" + text + "@=";
            occurrence.Build.Provenance.Creator = text + "@=";
            occurrence.Build.Provenance.SourceProvenance = new Grafeas.V1.Source { Context = new SourceContext { Git = new GitSourceContext { Url = text } } };

            Assert.NotNull(Mapping.Resolve(occurrence).Reason);
            Assert.All(Mapping.Map([occurrence]), attribute => Assert.All(attribute.Values, value => Assert.InRange(value.Length, 1, 1024)));
        }
    }

    private static Artifact Built(string checksum, string id, params string[] names)
    {
        var artifact = new Artifact { Checksum = checksum, Id = id };
        artifact.Names.AddRange(names);
        return artifact;
    }

    private static Occurrence Build(string resource, params Artifact[] artifacts)
    {
        var occurrence = new Occurrence
        {
            Name = "projects/p/occurrences/1",
            ResourceUri = resource,
            Build = new BuildOccurrence { Provenance = new BuildProvenance { Id = "1" } },
        };
        occurrence.Build.Provenance.BuiltArtifacts.AddRange(artifacts);
        return occurrence;
    }
}
