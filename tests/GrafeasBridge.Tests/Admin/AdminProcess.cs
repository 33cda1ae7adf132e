using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Admin;

/// <summary>The service's program in its admin mode, as a process that a test may kill.</summary>
internal static class AdminProcess
{
    public static ProgramRun Start(params string[] arguments) =>
        ProgramRun.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "GrafeasBridge.dll"), "admin", .. arguments]);

    public static async Task<ProgramResult> RunAsync(params string[] arguments)
    {
        await using var run = Start(arguments);
        return await run.EndAsync();
    }
}
