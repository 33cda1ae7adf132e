using System.Globalization;

namespace GrafeasBridge.Tests.Support;

/// <summary>The seed of a random run: told, so that GRAFEASBRIDGE_SEED can repeat it.</summary>
internal static class Seeds
{
    private const string Variable = "GRAFEASBRIDGE_SEED";

    public static int Next(ITestOutputHelper? output = null)
    {
        var seed = Environment.GetEnvironmentVariable(Variable) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : Random.Shared.Next();
        var sentence = $"{Variable}={seed} repeats this run";
        TestContext.Current.SendDiagnosticMessage(sentence);
        output?.WriteLine(sentence);
        return seed;
    }
}
