namespace BintrayEmulator.Faults;

/// <summary>The emulator as a process that fails on demand. It takes the settings of the emulator alone.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) => Standalone.RunAsync(args, FaultInjection.Configure);
}
