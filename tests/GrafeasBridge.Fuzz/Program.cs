using SharpFuzz;

namespace GrafeasBridge.Fuzz;

internal static class Program
{
    /// <summary><c>TARGET</c> is driven by afl-fuzz; <c>TARGET FILE…</c> runs single inputs, to see what one of them does.</summary>
    private static int Main(string[] args)
    {
        if (args.Length == 0 || !Targets.All.TryGetValue(args[0], out var target))
        {
            Console.Error.WriteLine($"usage: GrafeasBridge.Fuzz {string.Join('|', Targets.All.Keys)} [FILE...]");
            return 2;
        }

        if (args.Length == 1)
            Fuzzer.OutOfProcess.Run(input => target(ReadAll(input)));
        foreach (var file in args.AsSpan(1))
            target(File.ReadAllBytes(file));
        return 0;
    }

    private static byte[] ReadAll(Stream input)
    {
        using var bytes = new MemoryStream();
        input.CopyTo(bytes);
        return bytes.ToArray();
    }
}
