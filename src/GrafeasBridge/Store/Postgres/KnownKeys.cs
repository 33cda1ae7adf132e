using System.Globalization;
using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store.Postgres;

/// <summary>Keys of names, as parts of commands: null for a name that nobody has named. Texts of any length are found by their MD5.</summary>
internal static class KnownKeys
{
    public static string Target(int place) => Text($"(select known.key from targets known where known.name = ${place})");

    public static string Digest(int place) => Text($"(select known.key from digests known where {Is("known.digest", place)})");

    /// <param name="first">Place of the subject; repo and package follow.</param>
    public static string Package(int first) => Text(
        $"(select known.key from packages known where {Is("known.subject", first)} and {Is("known.repo", first + 1)} and {Is("known.package", first + 2)})");

    /// <param name="first">Place of the subject; repo, package and version follow.</param>
    public static string Coordinate(int first) => Text(
        $"(select known.key from coordinates known where known.package = {Package(first)} and {Is("known.version", first + 3)})");

    public static TSelf Add<TSelf>(this PostgresValues<TSelf> values, VersionCoordinates version)
        where TSelf : PostgresValues<TSelf> =>
        values.Add(version.Subject).Add(version.Repo).Add(version.Package).Add(version.Version);

    private static string Is(string column, int place) => Text($"md5({column})::uuid = md5(${place})::uuid and {column} = ${place}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
