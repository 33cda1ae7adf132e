namespace BintrayEmulator;
internal static class Program { private static void Main() { } }
