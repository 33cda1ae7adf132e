using System.Globalization;

namespace GrafeasBridge.Tests.Support;
internal static class PropertyFactor
{
    public static long Value { get; } = long.Parse(Environment.GetEnvironmentVariable("GRAFEASBRIDGE_PROPERTY_FACTOR") ?? "1", CultureInfo.InvariantCulture);
}
