namespace BintrayEmulator;

internal static class Program
{
    private static Task<int> Main(string[] args) =>
        args is ["--check", var url] ? HealthCheck.RunAsync(url) : Standalone.RunAsync(args);
}
