
namespace GrafeasBridge.Tests.Support;

/// <summary>Where the sources lie, for tests of documents and settings files.</summary>
public static class RepositoryRoot
{
    public static string Path { get; } = Find();

    public static string File(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    // The folder of this file as the compiler saw it would not survive a deterministic build, so the way up is walked.
    private static string Find()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !System.IO.File.Exists(System.IO.Path.Combine(folder.FullName, "GrafeasBridge.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("The tests do not run below the repository.");
    }
}
