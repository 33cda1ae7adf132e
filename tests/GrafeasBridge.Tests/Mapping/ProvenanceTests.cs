using GrafeasBridge.Mapping.Provenance;

namespace GrafeasBridge.Tests.Mapping;

public sealed class ProvenanceTests
{
    private const string C = "0f3a5c6b7d8e9f00112233445566778899aabbcc";

    [Theory]
    [InlineData("git+https://github.com/acme/web@refs/heads/main", "https://github.com/acme/web", null, "main")]
    [InlineData("git+https://github.com/acme/web.git@refs/tags/v1", "https://github.com/acme/web.git", null, null)]
    [InlineData("git+https://github.com/acme/web@" + C, "https://github.com/acme/web", C, null)]
    [InlineData("https://github.com/acme/web.git", "https://github.com/acme/web.git", null, null)]
    [InlineData("https://github.com/acme/web.git#" + C + ":docker", "https://github.com/acme/web.git", C, null)]
    [InlineData("https://github.com/acme/web/commit/" + C, "https://github.com/acme/web", C, null)]
    [InlineData("https://gitlab.com/acme/sub/web/-/commit/" + C, "https://gitlab.com/acme/sub/web", C, null)]
    [InlineData("https://bitbucket.org/acme/web/commits/" + C, "https://bitbucket.org/acme/web", C, null)]
    [InlineData("git+ssh://git@github.com/acme/web@refs/heads/a/b", "ssh://git@github.com/acme/web", null, "a/b")]
    [InlineData("git@github.com:acme/web.git", "git@github.com:acme/web.git", null, null)]
    [InlineData("git://git.example.com/web", "git://git.example.com/web", null, null)]
    [InlineData("git+https://u:p@git.example.com:8443/web@refs/heads/main", "https://u:p@git.example.com:8443/web", null, "main")]
    public void Addresses_of_git_are_taken_apart(string text, string url, string? revision, string? branch) =>
        Assert.Equal(new GitUri(url, revision, branch), GitUri.Parse(text));

    [Theory]
    [InlineData("https://github.com/acme/web")]
    [InlineData("https://example.com/base.tgz")]
    [InlineData("docker.io/library/ubuntu@sha256:6e494387c901caf429c1bf77bd92fb82b33a68c0e19f6d1aa6a3ac8d27a7049d")]
    [InlineData("ubuntu@sha256:6e494387c901caf429c1bf77bd92fb82b33a68c0e19f6d1aa6a3ac8d27a7049d")]
    [InlineData("pkg:docker/alpine@3.20")]
    [InlineData("gs://bucket/source.tgz#123")]
    [InlineData("the git repo url")]
    [InlineData("")]
    public void Other_addresses_are_not_taken_for_git(string text) => Assert.Null(GitUri.Parse(text));

    [Fact]
    public void A_commit_beside_a_web_address_makes_it_one_of_git_unless_it_is_a_file()
    {
        Assert.Equal(new GitUri("https://github.com/acme/web", C, null), GitUri.Parse("https://github.com/acme/web", C));
        Assert.Null(GitUri.Parse("https://example.com/base.tar.gz", C));
    }

    [Theory]
    [InlineData("https://u:hunter2@h.example/x", "https://h.example/x")]
    [InlineData("https://hunter2@h.example/x", "https://h.example/x")]
    [InlineData("https://u:hunter2@y@h.example/x", "https://h.example/x")]
    [InlineData("see https://u:hunter2@h.example/x and ssh://hunter2@i.example/y", "see https://h.example/x and ssh://i.example/y")]
    [InlineData("ssh://git@h.example/x", "ssh://git@h.example/x")]
    [InlineData("git@h.example:x/y.git", "git@h.example:x/y.git")]
    [InlineData("u:hunter2@h.example/x", "h.example/x")]
    [InlineData("web:1.0@sha256:ab", "web:1.0@sha256:ab")]
    [InlineData("https://h.example/web@sha256:ab", "https://h.example/web@sha256:ab")]
    [InlineData("https://h.example/x?token=hunter2", "https://h.example/x")]
    [InlineData("https://h.example/x?a=1&access_token=hunter2&b=2", "https://h.example/x?a=1&b=2")]
    [InlineData("https://h.example/x?Private_Token=hunter2&b=2#c", "https://h.example/x?b=2#c")]
    [InlineData("https://h.example/x?X-Amz-Credential=hunter2&X-Amz-Signature=hunter2", "https://h.example/x")]
    [InlineData("https://h.example/x?tokens=3&design=1", "https://h.example/x?tokens=3&design=1")]
    [InlineData("kim@example.com", "kim@example.com")]
    public void Credentials_are_taken_out_of_addresses_and_nothing_else(string text, string expected) =>
        Assert.Equal(expected, UrlCredentials.Strip(text));
}
