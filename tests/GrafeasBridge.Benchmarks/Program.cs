namespace GrafeasBridge.Benchmarks;
internal static class Program { private static void Main() { } }
