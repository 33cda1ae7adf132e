namespace GrafeasBridge.Cli.Input;

/// <summary>Which version is asked for: TARGET/SUBJECT/REPO/PACKAGE/VERSION, or without the target when it is the only one.</summary>
/// <param name="Target">Null to look for it.</param>
internal sealed record VersionPath(string? Target, string Subject, string Repo, string Package, string Version)
{
    /// <summary>
    /// What a path may mean. A package may hold slashes, so the first of five parts or more is a subject or a target; a package that is
    /// written with colons, as Bintray does, is one part, and leaves nothing open.
    /// </summary>
    /// <param name="target">Named beside the path; null when it is not.</param>
    /// <exception cref="CliException">Less than four parts, an empty one, or two targets.</exception>
    public static IReadOnlyList<VersionPath> Parse(string text, string? target)
    {
        var parts = text.Split('/');
        var isWhole = parts.Length > 4 && parts[^2].Contains(':', StringComparison.Ordinal);
        if (parts.Length < 4 || isWhole && parts.Length > 5 || parts.Any(p => p.Length == 0))
        {
            throw CliException.BadInput(
                $"'{text}' is not a version. Write [TARGET/]SUBJECT/REPO/PACKAGE/VERSION, such as acme/images/team/web/1.4.0.");
        }

        var isOther = target is not null && parts[0] != target;
        if (isWhole && isOther)
            throw CliException.BadInput($"The path names the target '{parts[0]}', but --target is '{target}'.");
        var readings = new List<VersionPath>();
        if (!isWhole)
            readings.Add(Of(target, parts));
        if (parts.Length > 4 && !isOther)
            readings.Add(Of(parts[0], parts[1..]));
        return readings;
    }

    public override string ToString() => (Target is null ? "" : Target + "/") + $"{Subject}/{Repo}/{Package}/{Version}";

    private static VersionPath Of(string? target, string[] parts) =>
        new(target, parts[0], parts[1], string.Join('/', parts[2..^1]), parts[^1]);
}
