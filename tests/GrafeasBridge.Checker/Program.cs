namespace GrafeasBridge.Checker;

internal static class Program
{
    private const int BadInput = 2;

    private static async Task<int> Main()
    {
        await Console.Error.WriteLineAsync("The rules are not there yet.");
        return BadInput;
    }
}
