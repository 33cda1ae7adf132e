using GrafeasBridge.Mapping;
using Microsoft.Extensions.Configuration;

namespace GrafeasBridge.Tests.Mapping;

public sealed class OptionsTests
{
    [Fact]
    public void The_built_in_settings_start() => Assert.Empty(MappingFixture.Refusals());

    [Theory]
    [InlineData("MaxValues", "0", "MaxValues")]
    [InlineData("MaxValueLength", "127", "MaxValueLength")]
    [InlineData("MaxArtifacts", "0", "MaxArtifacts")]
    [InlineData("Resolvers:mine:Pattern", "(", "Mapping:Resolvers:mine: Pattern cannot be used")]
    [InlineData("Resolvers:mine:Pattern", @"(?<subject>.)\1", "Mapping:Resolvers:mine: Pattern cannot be used")]
    [InlineData("Resolvers:mine:Pattern", "(?<subject>.)(?<repo>.)", "Mapping:Resolvers:mine: Package: '{package}' names nothing")]
    [InlineData("Resolvers:google-container-registry:Package", "{image|upper}", "'upper' is no filter; there is dots, lower")]
    [InlineData("Resolvers:google-container-registry:Package", "{image", "opens a brace that it never closes")]
    [InlineData("Resolvers:google-container-registry:Order", "-1", "Order is -1; set it to a value from 0 to 1000000.")]
    [InlineData("Resolvers:google-container-registry:DefaultVersion", "a/b", "DefaultVersion ('a/b') cannot be a version")]
    [InlineData("Resolvers:bintray-docker:Hosts:x.example", "acme", "Mapping:Resolvers:bintray-docker:Hosts:x.example ('acme') must be of the form subject/repo")]
    [InlineData("Resolvers:package-url:Defaults:npm", "/npm", "Mapping:Resolvers:package-url:Defaults:npm ('/npm') must be of the form subject/repo")]
    [InlineData("Resolvers:bintray-docker:Untagged", "{tag}", "Mapping:Resolvers:bintray-docker: '{tag}' names nothing")]
    public void A_wrong_setting_stops_the_start_with_a_sentence_that_names_it(string key, string value, string sentence) =>
        Assert.Contains(MappingFixture.Refusals((key, value)), refusal => refusal.Contains(sentence, StringComparison.Ordinal));

    [Fact]
    public void A_built_in_row_may_be_copied_and_changed()
    {
        var rows = MappingServices.WithDefaults(new ConfigurationBuilder().Build()).GetSection("Mapping:Resolvers").GetChildren();
        var changed = rows.Where(r => r["Pattern"] is not null).Select(r => ($"Resolvers:{r.Key}:Pattern", r["Pattern"] + "|mine/(?<subject>.)(?<repo>.)")).ToArray();

        Assert.NotEmpty(changed);
        Assert.Empty(MappingFixture.Refusals(changed));
    }

    [Fact]
    public void All_problems_are_told_at_once() => Assert.Equal(
        2,
        MappingFixture.Refusals(("Resolvers:a:Pattern", "("), ("Resolvers:b:Pattern", ")")).Count);

    [Fact]
    public void The_built_in_settings_are_the_defaults_of_the_options()
    {
        var bound = new MappingOptions();
        MappingServices.WithDefaults(new ConfigurationBuilder().Build()).GetSection(MappingOptions.Section).Bind(bound);
        var plain = new MappingOptions();

        Assert.Equal((plain.File, plain.MaxValues, plain.MaxValueLength, plain.MaxArtifacts), (bound.File, bound.MaxValues, bound.MaxValueLength, bound.MaxArtifacts));
        Assert.NotEmpty(bound.Resolvers);
    }
}
