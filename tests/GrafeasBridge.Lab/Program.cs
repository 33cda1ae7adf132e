using GrafeasBridge.Lab.Host;
using GrafeasBridge.Lab.Scenarios;

namespace GrafeasBridge.Lab;

internal static class Program
{
    /// <summary><c>service</c> is the bridge with the laboratory's hands in it; anything else runs scenarios.</summary>
    private static async Task<int> Main(string[] args)
    {
        if (args is ["service", .. string[] settings])
            return await LabHost.RunAsync(settings);
        if (args is ["--list-crash-points"])
        {
            foreach (var point in CrashPoints.All)
                Console.WriteLine(point);
            return 0;
        }

        return await LabRun.RunAsync(args);
    }
}
