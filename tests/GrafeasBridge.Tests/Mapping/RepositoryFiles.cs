namespace GrafeasBridge.Tests.Mapping;

/// <summary>Files of the repository that tests read, and rewrite when GRAFEASBRIDGE_REWRITE=1.</summary>
internal static class RepositoryFiles
{
    private static readonly Lazy<string> Root = new(() =>
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "GrafeasBridge.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"There is no GrafeasBridge.sln above {AppContext.BaseDirectory}.");
    });

    public static string PathOf(params string[] parts) => Path.Combine([Root.Value, .. parts]);

    /// <summary>Compares, or on request writes.</summary>
    public static void AssertHolds(string path, string expected)
    {
        if (Environment.GetEnvironmentVariable("GRAFEASBRIDGE_REWRITE") == "1")
            File.WriteAllText(path, expected);
        Assert.True(File.Exists(path), $"{path} is missing; set GRAFEASBRIDGE_REWRITE=1 to write it, and review it");
        Assert.Equal(File.ReadAllText(path), expected);
    }
}
