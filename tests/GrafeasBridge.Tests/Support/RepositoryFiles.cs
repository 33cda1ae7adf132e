namespace GrafeasBridge.Tests.Support;

/// <summary>Files of the repository that tests read, and rewrite when GRAFEASBRIDGE_REWRITE=1.</summary>
internal static class RepositoryFiles
{
    private const string RewriteVariable = "GRAFEASBRIDGE_REWRITE";

    /// <summary>The folder that holds the solution.</summary>
    /// <exception cref="DirectoryNotFoundException">The tests were moved out of the working copy.</exception>
    public static string Root { get; } = FindRoot();

    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    /// <summary>Compares a generated file with what it should be, or on request writes it.</summary>
    public static void AssertHolds(string path, string expected)
    {
        if (Environment.GetEnvironmentVariable(RewriteVariable) == "1")
            File.WriteAllText(path, expected);
        Assert.True(File.Exists(path), $"{path} is missing; set {RewriteVariable}=1 to write it, and review it");
        Assert.Equal(File.ReadAllText(path), expected);
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "GrafeasBridge.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds GrafeasBridge.sln.");
    }
}
