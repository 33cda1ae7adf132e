using System.CommandLine;
using GrafeasBridge.Cli.Input;
using GrafeasBridge.Cli.Output;
using GrafeasBridge.V1;

namespace GrafeasBridge.Cli.Verbs;

/// <summary>The version that a verb is about, as one path or as flags.</summary>
internal sealed class VersionArgument
{
    private readonly Argument<string?> path = new("version")
    {
        Description = "[TARGET/]SUBJECT/REPO/PACKAGE/VERSION, such as acme/images/team/web/1.4.0.",
        HelpName = "[target/]subject/repo/package/version",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> target = new("--target") { Description = "Name of the target; not needed when only one has the version." };
    private readonly Option<string?> subject = new("--subject") { Description = "Owner of the repository." };
    private readonly Option<string?> repo = new("--repo") { Description = "Repository." };
    private readonly Option<string?> package = new("--package") { Description = "Package." };
    private readonly Option<string?> version = new("--version") { Description = "Version." };

    public void AddTo(Command command)
    {
        command.Arguments.Add(path.RefusingOptions());
        foreach (var option in new Option[] { target, subject, repo, package, version })
            command.Options.Add(option);
    }

    /// <summary>The version's whole name; asks the service for the target where it is left out.</summary>
    /// <exception cref="CliException">None or more than one version is meant.</exception>
    public async Task<VersionSummary> ResolveAsync(ParseResult parsed, Session session)
    {
        var readings = Read(parsed);
        if (readings is [{ Target: { } named } one])
            return new VersionSummary { Target = named, Subject = one.Subject, Repo = one.Repo, Package = one.Package, Version = one.Version };

        var found = new List<VersionSummary>();
        foreach (var reading in readings)
            found.AddRange(await FindAsync(reading, session));
        var asked = readings[0];
        return found switch
        {
            [var only] => only,
            [] => throw new CliException(ExitCode.Refused, $"NOT_FOUND: no target has {asked}. `gbridge versions` lists what there is."),
            _ => throw CliException.BadInput(
                $"{asked} may be one of {found.Count} versions. Say which by --target, --subject, --repo, --package and --version: "
                + $"{string.Join(", ", found.Select(Tables.Path))}."),
        };
    }

    private static async Task<List<VersionSummary>> FindAsync(VersionPath asked, Session session)
    {
        var filter = new ListVersionsRequest { Target = asked.Target ?? "", Subject = asked.Subject, Repo = asked.Repo, Package = asked.Package };
        var found = new List<VersionSummary>();
        await foreach (var candidate in VersionPages.ReadAsync(session, filter))
        {
            if (candidate.Version == asked.Version)
                found.Add(candidate);
        }

        return found;
    }

    /// <summary>True when nothing on the command line says which version.</summary>
    public bool IsLeftOut(ParseResult parsed) =>
        parsed.GetValue(path) is null && new[] { target, subject, repo, package, version }.All(flag => parsed.GetValue(flag) is null);

    private IReadOnlyList<VersionPath> Read(ParseResult parsed)
    {
        string?[] flags = [parsed.GetValue(subject), parsed.GetValue(repo), parsed.GetValue(package), parsed.GetValue(version)];
        var named = parsed.GetValue(target);
        if (parsed.GetValue(path) is { } text)
        {
            if (flags.Any(f => f is not null))
                throw CliException.BadInput("Give the version either as a path or by flags, not both.");

            return VersionPath.Parse(text, named);
        }

        return flags is [{ Length: > 0 } s, { Length: > 0 } r, { Length: > 0 } p, { Length: > 0 } v]
            ? [new VersionPath(named, s, r, p, v)]
            : throw CliException.BadInput("Which version? Write [TARGET/]SUBJECT/REPO/PACKAGE/VERSION, or all of --subject, --repo, --package and --version.");
    }
}
