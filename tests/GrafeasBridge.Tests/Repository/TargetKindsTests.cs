using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Repository;

/// <summary>A kind of target is a folder: nothing beside it knows it.</summary>
public sealed class TargetKindsTests
{
    // Files that are about addresses on Bintray's hosts, the emulator, or the list of what the program is made of.
    private static readonly string[] MayName =
    [
        "Delivery/Bintray/", "Delivery/Embedded/",
        "Mapping/Resolving/BintrayDockerResolver.cs", "Mapping/Resolving/ResolverFactory.cs", "Mapping/Resolving/ResolverOptions.cs",
        "Hosting/EmbeddedEmulator.cs", "Program.cs",
    ];

    private static readonly string[] Words = ["bintray", "CreateMissing", "Licenses", "VcsUrl", "RepositoryType"];

    [Fact]
    public void Nothing_outside_the_folder_of_a_kind_knows_what_only_that_kind_has()
    {
        var root = RepositoryFiles.PathOf("src", "GrafeasBridge");
        (string Name, string Text)[] files =
        [
            .. Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
                .Select(file => (Path.GetRelativePath(root, file).Replace('\\', '/'), File.ReadAllText(file)))
                .Where(file => !file.Item1.StartsWith("obj/", StringComparison.Ordinal) && !file.Item1.StartsWith("bin/", StringComparison.Ordinal)),
        ];
        Assert.All(MayName, allowed => Assert.Contains(files, file => Names(file, allowed)));
        Assert.Empty(
            from file in files
            where !MayName.Any(allowed => file.Name.StartsWith(allowed, StringComparison.Ordinal))
            from word in Words
            where file.Text.Contains(word, StringComparison.OrdinalIgnoreCase)
            select $"{file.Name} says {word}");
    }

    // An exception that nothing needs any longer is to go.
    private static bool Names((string Name, string Text) file, string allowed) =>
        file.Name.StartsWith(allowed, StringComparison.Ordinal) && file.Text.Contains("bintray", StringComparison.OrdinalIgnoreCase);
}
