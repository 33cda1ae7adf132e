namespace GrafeasBridge.Delivery.Bintray;

/// <summary>How the world's names are spelled at a Bintray-shaped endpoint.</summary>
internal static class BintrayNames
{
    /// <summary>A package of a registry, such as <c>team/web</c>, is one name there: <c>team:web</c>.</summary>
    public static string Package(string package) => package.Replace('/', ':');
}
