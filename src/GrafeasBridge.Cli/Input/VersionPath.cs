namespace GrafeasBridge.Cli.Input;

/// <summary>Which version is asked for: TARGET/SUBJECT/REPO/PACKAGE/VERSION, or without the target when it is the only one.</summary>
/// <param name="Target">Null to look for it.</param>
internal sealed record VersionPath(string? Target, string Subject, string Repo, string Package, string Version)
{
    /// <exception cref="CliException">Not four or five parts, or an empty one.</exception>
    public static VersionPath Parse(string text)
    {
        var parts = text.Split('/');
        if (parts.Length is not (4 or 5) || parts.Any(p => p.Length == 0))
        {
            throw CliException.BadInput(
                $"'{text}' is not a version. Write [TARGET/]SUBJECT/REPO/PACKAGE/VERSION, such as acme/images/team:web/1.4.0.");
        }

        return parts.Length == 5 ? new(parts[0], parts[1], parts[2], parts[3], parts[4]) : new(null, parts[0], parts[1], parts[2], parts[3]);
    }

    public override string ToString() => (Target is null ? "" : Target + "/") + $"{Subject}/{Repo}/{Package}/{Version}";
}
