using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Deploy;

/// <summary>Files of the folder deploy.</summary>
internal static class DeployFiles
{
    /// <summary>Copies them, so that a test may add to them.</summary>
    public static void Copy(string part, string to)
    {
        var from = RepositoryFiles.PathOf("deploy", part);
        foreach (var file in File.Exists(from) ? [from] : Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(RepositoryFiles.PathOf("deploy"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
