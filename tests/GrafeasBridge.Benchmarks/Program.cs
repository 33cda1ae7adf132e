using BenchmarkDotNet.Running;
using GrafeasBridge.Benchmarks.Load;

namespace GrafeasBridge.Benchmarks;

internal static class Program
{
    /// <summary><c>load</c> runs the whole service under load; anything else goes to BenchmarkDotNet.</summary>
    private static async Task<int> Main(string[] args)
    {
        if (args is ["load", .. string[] rest])
            return await LoadRun.RunAsync(rest);
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        return 0;
    }
}
