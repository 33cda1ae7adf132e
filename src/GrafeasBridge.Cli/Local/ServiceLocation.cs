using System.Reflection;
using System.Runtime.InteropServices;

namespace GrafeasBridge.Cli.Local;

/// <summary>Finds the service to start, and what starts it.</summary>
internal static class ServiceLocation
{
    private const string FileName = "GrafeasBridge.dll";

    /// <param name="given">From the command line; null to look beside this program, then where the build left it.</param>
    /// <returns>Full path of GrafeasBridge.dll.</returns>
    /// <exception cref="CliException">It is nowhere; the message says where it was looked for.</exception>
    public static string Find(string? given)
    {
        if (given is not null)
            return FromUser(given);

        var recorded = typeof(ServiceLocation).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .FirstOrDefault(a => a.Key == "ServiceAssembly")?.Value;
        string[] places = recorded is null
            ? [Path.Combine(AppContext.BaseDirectory, FileName)]
            : [Path.Combine(AppContext.BaseDirectory, FileName), Path.GetFullPath(recorded, AppContext.BaseDirectory)];
        return places.FirstOrDefault(File.Exists)
            ?? throw CliException.BadInput(
                $"The service is not in {string.Join(" nor in ", places)}. Build it (dotnet build src/GrafeasBridge), or say where it is with --service.");
    }

    /// <returns>The dotnet command: the one that runs this program, else the one in the path.</returns>
    public static string Runtime()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        // …/shared/Microsoft.NETCore.App/10.0.0/ lies three levels below it.
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        string[] places = [Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "", Path.Combine(root, name)];
        return places.FirstOrDefault(File.Exists) ?? name;
    }

    /// <summary>The sentence for a dotnet that is not there.</summary>
    public static CliException NotStarted(string program, Exception cause) =>
        CliException.BadInput($"'{program}' cannot be started: {cause.Message}. Install the .NET SDK, or put dotnet into the path.");

    private static string FromUser(string given)
    {
        var path = Path.GetFullPath(given);
        if (Directory.Exists(path))
            path = Path.Combine(path, FileName);

        return File.Exists(path) && path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)
            ? path
            : throw CliException.BadInput($"--service '{given}' is not {FileName} nor a folder that holds it.");
    }
}
