using System.Text.Json.Nodes;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Deploy;

/// <summary>What `dotnet publish` puts into the images.</summary>
public sealed class PublishTests
{
    [Theory]
    [InlineData("GrafeasBridge")]
    [InlineData("BintrayEmulator")]
    public async Task Native_libraries_are_those_of_the_platforms_that_the_images_run_on(string project)
    {
        // What would be published, without building it.
        (var code, var output, var errors) = await ProgramRun.RunAsync(
            "dotnet",
            ["msbuild", "-nologo", "-target:ComputeResolvedFilesToPublishList", "-property:Configuration=Release", "-getItem:ResolvedFileToPublish"],
            RepositoryFiles.PathOf("src", project));
        Assert.True(code == 0, output + errors);
        string[] runtimes =
        [
            .. JsonNode.Parse(output)!["Items"]!["ResolvedFileToPublish"]!.AsArray()
                .Select(file => (string?)file!["RuntimeIdentifier"]).OfType<string>().Distinct().Order(StringComparer.Ordinal),
        ];
        Assert.Equal(["linux-arm64", "linux-x64"], runtimes);
    }
}
