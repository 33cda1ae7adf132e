using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Clients;

/// <summary>Runs one of the Node programs of tests/clients.</summary>
internal static class NodeProgram
{
    /// <param name="folder">Its folder below tests/clients, where `npm ci` has been run.</param>
    public static Task<ProgramResult> RunAsync(string folder, params string[] arguments)
    {
        NeedsAttribute.Check(Need.Node);
        var home = RepositoryFiles.PathOf("tests", "clients", folder);
        Assert.True(
            Directory.Exists(Path.Combine(home, "node_modules")),
            $"The packages of {home} are not installed. Run `bash tests/run.sh`, which installs them, or `npm ci` there.");
        return ProgramRun.RunAsync("node", arguments, home);
    }
}
