namespace GrafeasBridge.Cli;
internal static class Program { private static void Main() { } }
