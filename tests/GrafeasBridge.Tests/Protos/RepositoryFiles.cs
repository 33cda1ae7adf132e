namespace GrafeasBridge.Tests.Protos;

/// <summary>Files of the working copy that the tests run in, found from where the tests were built.</summary>
internal static class RepositoryFiles
{
    /// <summary>The folder that holds the solution.</summary>
    /// <exception cref="DirectoryNotFoundException">The tests were moved out of the working copy.</exception>
    public static string Root { get; } = FindRoot();

    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "GrafeasBridge.sln")))
                return folder.FullName;
        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds GrafeasBridge.sln.");
    }
}
