using System.Globalization;

namespace GrafeasBridge.Tests.Support;

/// <summary>How often a property is tried. GRAFEASBRIDGE_PROPERTY_FACTOR multiplies it, for a night's run.</summary>
internal static class PropertyRuns
{
    private const string Variable = "GRAFEASBRIDGE_PROPERTY_FACTOR";

    private static readonly int Factor = Read();

    public static long Of(int iterations) => (long)iterations * Factor;

    /// <summary>Of so many cases one is tried in a run, and more of them the longer the run.</summary>
    public static int OneIn(int cases) => Math.Max(1, cases / Factor);

    private static int Read()
    {
        var set = Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(set))
            return 1;
        return int.TryParse(set, NumberStyles.None, CultureInfo.InvariantCulture, out var factor) && factor > 0
            ? factor
            : throw new InvalidOperationException($"{Variable} is '{set}', which is no number of 1 or more.");
    }
}
