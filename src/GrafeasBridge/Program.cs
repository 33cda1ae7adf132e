namespace GrafeasBridge;
internal static class Program { private static void Main() { } }
