using GrafeasBridge.Mapping;

namespace GrafeasBridge.Tests.Mapping;

public sealed class ResolverTests
{
    private const string A = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private static readonly OccurrenceMapping Mapping = MappingFixture.Open();

    [Theory]
    [InlineData("acme-docker-images.bintray.io/team/web:1.4.0", "acme/images/team/web/1.4.0")]
    [InlineData("https://acme-docker-images.bintray.io/team/web:1.4.0", "acme/images/team/web/1.4.0")]
    [InlineData("HTTPS://ACME-docker-images.Bintray.IO/team/web:1.4.0/", "acme/images/team/web/1.4.0")]
    [InlineData("docker://acme-docker-images.bintray.io:443/team/web:1.4.0", "acme/images/team/web/1.4.0")]
    [InlineData("acme-docker-images.bintray.com/team/web:1.4.0", "acme/images/team/web/1.4.0")]
    [InlineData("acme-docker-images.bintray.io/web:1.4.0", "acme/images/web/1.4.0")]
    [InlineData("acme-docker-images.bintray.io/team/web", "acme/images/team/web/latest")]
    [InlineData("acme-docker-images.bintray.io/org/team/web:1.4.0", "acme/images/org/team/web/1.4.0")]
    [InlineData("https://acme-docker-images.bintray.io/v2/team/web/manifests/1.4.0", "acme/images/team/web/1.4.0")]
    [InlineData("acme-docker-my-docker-images.bintray.io/web:1", "acme/my-docker-images/web/1")]
    [InlineData("docker.bintray.io/jfrog/artifactory-oss:7.4.1", "jfrog/reg2/jfrog/artifactory-oss/7.4.1")]
    public void Image_hosts_of_Bintray_say_subject_and_repository(string resource, string version) => AssertNames(resource, version);

    [Theory]
    [InlineData("https://api.bintray.com/packages/acme/generic/pkg/versions/1.0", "acme/generic/pkg/1.0")]
    [InlineData("https://api.bintray.com/packages/acme/images/team%3Aweb/versions/1.0/attributes?names=a", "acme/images/team/web/1.0")]
    [InlineData("https://dl.bintray.com/acme/images/team:web/1.0/web.tar", "acme/images/team/web/1.0")]
    [InlineData("https://bintray.com/api/v1/packages/acme/generic/pkg/versions/1.0", "acme/generic/pkg/1.0")]
    [InlineData("https://api.bintray.com/content/acme/generic/pkg/1.0/dir/pkg.tar.gz;publish=1", "acme/generic/pkg/1.0")]
    [InlineData("https://bintray.com/acme/generic/pkg/1.0", "acme/generic/pkg/1.0")]
    [InlineData("https://bintray.com/acme/generic/pkg/stable/view/general#read", "acme/generic/pkg/stable")]
    [InlineData("https://dl.bintray.com/acme/generic/pkg/1.0/pkg.tar.gz", "acme/generic/pkg/1.0")]
    [InlineData("https://dl.bintray.com/acme/maven/com/acme/web/1.4.0/web-1.4.0.jar", "acme/maven/com.acme/web/1.4.0")]
    [InlineData("https://acme.bintray.com/generic/pkg/v1.0/pkg.tar.gz", "acme/generic/pkg/v1.0")]
    [InlineData("https://acme.bintray.com/maven-local/com/acme/web/1.4.0/web-1.4.0.pom", "acme/maven-local/com.acme/web/1.4.0")]
    public void Addresses_of_Bintray_are_read_from_their_path(string resource, string version) => AssertNames(resource, version);

    [Theory]
    [InlineData("pkg:docker/team/web@1.4.0?repository_url=acme-docker-images.bintray.io", "acme/images/team/web/1.4.0")]
    [InlineData("pkg:docker/team/web@1.4.0?repository_url=https://acme-docker-images.bintray.io/", "acme/images/team/web/1.4.0")]
    [InlineData("pkg:docker/team/web?repository_url=acme-docker-images.bintray.io", "acme/images/team/web/latest")]
    [InlineData("pkg:docker/web@1.0?repository_url=us-docker.pkg.dev/acme/images", "acme/images/web/1.0")]
    [InlineData("pkg:generic/pkg@1.0?repository_url=https://dl.bintray.com/acme/generic", "acme/generic/pkg/1.0")]
    [InlineData("PKG:Generic/tools/pkg@1.0%2Bb1?repository_url=https%3A%2F%2Fapi.bintray.com%2Fcontent%2Facme%2Fgeneric#sub", "acme/generic/tools/pkg/1.0+b1")]
    [InlineData("pkg:maven/com.acme/web@1.4.0?type=jar&repository_url=https://dl.bintray.com/acme/maven", "acme/maven/com.acme/web/1.4.0")]
    [InlineData("pkg://generic/pkg@1.0?repository_url=bintray.com/acme/generic", "acme/generic/pkg/1.0")]
    public void Package_urls_take_the_repository_from_their_repository_url(string resource, string version) => AssertNames(resource, version);

    [Theory]
    [InlineData("us-west2-docker.pkg.dev/acme/images/team/web:1.4.0", "acme/images/team/web/1.4.0")]
    [InlineData("https://europe-docker.pkg.dev/acme/images/web", "acme/images/web/latest")]
    [InlineData("https://us-maven.pkg.dev/acme/java/com/acme/web/1.4.0/web-1.4.0.jar", "acme/java/com.acme/web/1.4.0")]
    [InlineData("gcr.io/acme/web:1.4.0", "acme/gcr.io/web/1.4.0")]
    [InlineData("eu.gcr.io/acme/team/web:1.4.0", "acme/gcr.io/team/web/1.4.0")]
    public void Registries_of_Google_are_understood_by_built_in_patterns(string resource, string version) => AssertNames(resource, version);

    [Theory]
    [InlineData("acme-docker-images.bintray.io/team/web@" + A, "acme/images/team/web")]
    [InlineData("https://acme-docker-images.bintray.io/v2/team/web/manifests/" + A, "acme/images/team/web")]
    [InlineData("pkg:oci/web@sha256%3Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa?repository_url=acme-docker-images.bintray.io/team/web", "acme/images/team/web")]
    [InlineData("us-docker.pkg.dev/acme/images/web@" + A, "acme/images/web")]
    [InlineData("us-maven.pkg.dev/acme/java@" + A, "acme/java/java")]
    [InlineData("gcr.io/acme/web@" + A, "acme/gcr.io/web")]
    [InlineData("gcr.io/web@" + A, null)]
    [InlineData("registry.example.com/web@" + A, null)]
    public void A_digest_alone_is_looked_up_in_its_package_or_anywhere_when_the_host_is_unknown(string resource, string? package)
    {
        var resolution = MappingOf(resource);

        Assert.Empty(resolution.Named);
        Assert.Null(resolution.Reason);
        var reference = Assert.Single(resolution.ByDigest);
        Assert.Equal(A, reference.Digest);
        Assert.Equal(package, reference.Package?.ToString());
    }

    [Theory]
    [InlineData("", "names no resource")]
    [InlineData("https://ci.example.com/builds/41", "no resolver of Mapping:Resolvers understands it")]
    [InlineData("git@github.com:acme/web.git", "no resolver of Mapping:Resolvers understands it")]
    [InlineData("https://dl.bintray.com/acme/generic/web.tar.gz", "resolver bintray-other understands it, but")]
    [InlineData("https://dl.bintray.com/acme/deb/pool/main/w/web_1.0_amd64.deb", "resolver bintray-other understands it, but")]
    [InlineData("https://acme.bintray.com/generic/web.tar.gz", "resolver bintray-subject-other understands it, but")]
    [InlineData("https://api.bintray.com/packages/acme/generic/pkg", "it names neither a version nor a digest")]
    [InlineData("https://bintray.com/docs/api/index/x", "this page of Bintray is about no version")]
    [InlineData("acme-docker-images.bintray.io", "it names no image")]
    [InlineData("acme-docker-images.bintray.io/team/web:-rc1", "its version '-rc1' does not begin with a letter or digit")]
    [InlineData("acme-docker-images.bintray.io/_catalog:1", "its package '_catalog' does not begin with a letter or digit")]
    [InlineData("https://api.bintray.com/packages/acme/generic/a%20b/versions/1.0", "its package 'a b' holds something other than")]
    [InlineData("https://api.bintray.com/packages/acme/generic/a%2Fb%3A/versions/1.0", "its package 'a/b/' has an empty part")]
    [InlineData("https://api.bintray.com/packages/acme/generic/a:..:b/versions/1.0", "its package 'a/../b' has an empty part, '.' or '..'")]
    [InlineData("https://api.bintray.com/packages/acme/generic/../versions/1.0", "its package '..' does not begin")]
    [InlineData("pkg:npm/%40acme/web@1.0?repository_url=https://dl.bintray.com/acme/npm", "its package '@acme/web' does not begin")]
    [InlineData("pkg:generic/pkg?repository_url=https://dl.bintray.com/acme/generic", "it names neither a version nor a digest")]
    [InlineData("pkg:generic/pkg@1.0?repository_url=https://files.example.com/x", "its repository_url 'https://files.example.com/x' is of no known repository")]
    [InlineData("pkg:generic", "it is not of the form pkg:")]
    [InlineData("us-docker.pkg.dev/acme/images/web@nothing", "its digest 'nothing' is not of the form algorithm:value")]
    public void What_names_no_version_is_told_with_the_reason(string resource, string reason)
    {
        var resolution = MappingOf(resource);

        Assert.Empty(resolution.Named);
        Assert.Empty(resolution.ByDigest);
        Assert.Contains(reason, resolution.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_of_more_than_255_characters_is_refused() =>
        Assert.Contains("its version is 256 characters long", MappingOf("acme-docker-images.bintray.io/web:" + new string('1', 256)).Reason, StringComparison.Ordinal);

    [Fact]
    public void A_resource_of_more_than_2048_characters_is_not_looked_at() =>
        Assert.Contains("it is 2049 characters long", MappingOf("gcr.io/acme/web:" + new string('1', 2033)).Reason, StringComparison.Ordinal);

    [Fact]
    public void Resources_made_to_be_slow_are_not()
    {
        var patterns = new[] { "dl.bintray.com/acme/maven/", "acme.bintray.com/maven/", "us-maven.pkg.dev/acme/java/", "gcr.io/acme/", "us-docker.pkg.dev/a/b/" };
        var endings = new[] { string.Concat(Enumerable.Repeat("1/", 1000)), string.Concat(Enumerable.Repeat("/1", 1000)), new string(':', 2000), new string('@', 2000) };

        // Each pattern has a time-out of a second, and an exception for it would fail the test.
        Assert.All(patterns.SelectMany(p => endings.Select(e => p + e)), resource => Assert.NotNull(MappingOf(resource).Text()));
    }

    [Fact]
    public void A_tag_beside_a_digest_is_a_version_and_a_lesson()
    {
        var resolution = MappingOf("acme-docker-images.bintray.io/team/web:1.4.0@" + A);

        Assert.Equal("acme/images/team/web/1.4.0", Assert.Single(resolution.Named).ToString());
        Assert.Empty(resolution.ByDigest);
        Assert.Equal(new DigestTag(resolution.Named[0], A), Assert.Single(resolution.DigestTags));
    }

    [Fact]
    public void A_checksum_in_a_package_url_is_a_lesson()
    {
        var resolution = MappingOf($"pkg:generic/pkg@1.0?checksum=sha1:{new string('b', 40)},{A}&repository_url=https://dl.bintray.com/acme/generic");

        Assert.Equal(new DigestTag(Assert.Single(resolution.Named), A), Assert.Single(resolution.DigestTags));
    }

    [Theory]
    [InlineData("pkg:docker/team/web@1.4.0", "Resolvers:package-url:Defaults:docker", "acme/images", "acme/images/team/web/1.4.0")]
    [InlineData("pkg:maven/com.acme/web@1.4.0", "Resolvers:package-url:Defaults:maven", "acme/maven", "acme/maven/com.acme/web/1.4.0")]
    [InlineData("acme-docker-images.bintray.io/web:1", "Resolvers:bintray-docker:NamespacelessPrefix", "library/", "acme/images/library/web/1")]
    [InlineData("acme-docker-images.bintray.io/web:1", "Resolvers:bintray-docker:NamespacelessPrefix", "library:", "acme/images/library/web/1")]
    [InlineData("my-docker-org-docker-x.bintray.io/web:1", "Resolvers:bintray-docker:Hosts:my-docker-org-docker-x.bintray.io", "my-docker-org/x", "my-docker-org/x/web/1")]
    [InlineData("images-docker-main.registry.acme:5000/web:1", "Resolvers:bintray-docker:Suffixes:2", ".registry.acme", "images/main/web/1")]
    [InlineData("gcr.io/acme/web", "Resolvers:google-container-registry:DefaultVersion", "stable", "acme/gcr.io/web/stable")]
    public void Settings_move_what_resources_mean(string resource, string key, string value, string version) =>
        Assert.Equal(version, Assert.Single(MappingFixture.Resolve(resource, (key, value)).Named).ToString());

    [Theory]
    [InlineData("Resolvers:google-container-registry:Pattern", "")]
    [InlineData("Resolvers:google-container-registry:Enabled", "false")]
    public void A_row_without_pattern_and_a_row_that_is_not_enabled_are_left_out(string key, string value)
    {
        var resolution = MappingFixture.Resolve("gcr.io/acme/web:1", (key, value));

        Assert.Null(resolution.Resolver);
        Assert.Empty(resolution.Named);
    }

    [Fact]
    public void Rows_are_asked_in_their_order()
    {
        var resolution = MappingFixture.Resolve(
            "gcr.io/acme/web:1",
            ("Resolvers:mine:Order", "5"),
            ("Resolvers:mine:Pattern", "gcr\\.io/(?<rest>.+):(?<tag>.+)"),
            ("Resolvers:mine:Subject", "fixed"),
            ("Resolvers:mine:Repo", "images"),
            ("Resolvers:mine:Package", "{rest}"));

        Assert.Equal("mine", resolution.Resolver);
        Assert.Equal("fixed/images/acme/web/1", Assert.Single(resolution.Named).ToString());
    }

    [Fact]
    public void While_no_tag_is_known_a_template_may_name_the_version()
    {
        var resolution = MappingFixture.Resolve("gcr.io/acme/web@" + A, ("Resolvers:google-container-registry:Untagged", "{algorithm}-{hex}"));

        Assert.Equal("sha256-" + A[7..], Assert.Single(resolution.ByDigest).Untagged!.Version);
    }

    private static void AssertNames(string resource, string version)
    {
        var resolution = MappingOf(resource);

        Assert.Null(resolution.Reason);
        Assert.NotNull(resolution.Resolver);
        Assert.Equal(version, Assert.Single(resolution.Named).ToString());
    }

    private static VersionResolution MappingOf(string resource) => Mapping.Resolve(new Grafeas.V1.Occurrence { Name = "projects/p/occurrences/1", ResourceUri = resource });
}
