using System.CommandLine;
using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;
using Command = System.CommandLine.Command;
using Option = System.CommandLine.Option;
using SourceContext = Grafeas.V1.SourceContext;

namespace GrafeasBridge.Cli.Input;

/// <summary>A build described by flags instead of a file: for jobs that have no provenance of their own.</summary>
internal sealed class BuildFlags
{
    private readonly Option<string?> resource = Text("--resource", "uri", "What was built, such as acme-docker-images.bintray.io/team/web:1.4.0.");
    private readonly Option<string?> buildId = Text("--build-id", "id", "The build's id; needed with --resource.");
    private readonly Option<string?> builder = Text("--builder", "uri", "Who built it.");
    private readonly Option<string?> repository = Text("--repository", "url", "Where the source is.");
    private readonly Option<string?> commit = Text("--commit", "id", "The whole commit id.");
    private readonly Option<string?> branch = Text("--branch", "name", "Branch or ref that was built; needs --repository.");
    private readonly Option<string?> logs = Text("--logs", "url", "Where the build's log is.");
    private readonly Option<string?> creator = Text("--creator", "who", "Who or what started the build.");
    private readonly Option<string?> started = Text("--started", "time", "ISO 8601, such as 2026-03-01T10:00:00Z.");
    private readonly Option<string?> finished = Text("--finished", "time", "ISO 8601. The newest build of a version wins by this time.");
    private readonly Option<string[]> artifact = new("--artifact")
    {
        Description = "A built artifact as name@algorithm:hex; may be repeated.",
        HelpName = "name@digest",
        DefaultValueFactory = _ => [],
    };

    public void AddTo(Command command)
    {
        foreach (var option in All)
            command.Options.Add(option);
    }

    private Option[] All => [resource, buildId, builder, repository, commit, branch, logs, creator, started, finished, artifact];

    /// <returns>The occurrence, without a note's name; null when no flag of a build is there.</returns>
    /// <exception cref="CliException">A flag that is wrong or misses another.</exception>
    public Occurrence? Read(ParseResult parsed)
    {
        if (All.FirstOrDefault(o => parsed.GetResult(o) is { Implicit: false }) is not { } given)
            return null;

        if (Value(parsed, resource) is not { } uri)
            throw CliException.BadInput($"{given.Name} describes a build, but not what was built. Add --resource.");
        if (Value(parsed, buildId) is not { } id)
            throw CliException.BadInput("--resource needs --build-id: it distinguishes one build of it from another.");

        List<(string Name, string Digest)> artifacts = [.. parsed.GetValue(artifact)!.Select(Artifact)];
        var build = new BuildOccurrence { Provenance = Provenance(parsed, id, artifacts) };
        if (Value(parsed, builder) is not null || Value(parsed, branch) is not null)
            build.InTotoSlsaProvenanceV1 = Statement(parsed, uri, artifacts);

        return new Occurrence { ResourceUri = uri, Build = build };
    }

    private BuildProvenance Provenance(ParseResult parsed, string id, List<(string Name, string Digest)> artifacts)
    {
        var provenance = new BuildProvenance
        {
            Id = id,
            Creator = Value(parsed, creator) ?? "",
            LogsUri = Value(parsed, logs) ?? "",
            StartTime = Time(parsed, started),
            EndTime = Time(parsed, finished),
        };
        if (provenance.StartTime is not null && provenance.EndTime is not null && provenance.EndTime < provenance.StartTime)
            throw CliException.BadInput("--finished is before --started.");

        foreach (var byDigest in artifacts.GroupBy(a => a.Digest, a => a.Name, StringComparer.Ordinal))
            provenance.BuiltArtifacts.Add(new Artifact { Checksum = byDigest.Key, Names = { byDigest } });

        if (Value(parsed, repository) is not null || Value(parsed, commit) is not null)
        {
            provenance.SourceProvenance = new Source
            {
                Context = new SourceContext
                {
                    Git = new GitSourceContext { Url = Value(parsed, repository) ?? "", RevisionId = Value(parsed, commit) ?? "" },
                },
            };
        }

        return provenance;
    }

    /// <summary>Builder and branch have no field in a provenance; in SLSA's words they have.</summary>
    private InTotoSlsaProvenanceV1 Statement(ParseResult parsed, string uri, List<(string Name, string Digest)> artifacts)
    {
        var predicate = new InTotoSlsaProvenanceV1.Types.SlsaProvenanceV1
        {
            BuildDefinition = new(),
            RunDetails = new() { Builder = new() { Id = Value(parsed, builder) ?? "" }, Metadata = new() { InvocationId = Value(parsed, buildId)! } },
        };
        if (Value(parsed, branch) is { } built)
            predicate.BuildDefinition.ResolvedDependencies.Add(SourceAt(parsed, built));

        var statement = new InTotoSlsaProvenanceV1
        {
            Type = "https://in-toto.io/Statement/v1",
            PredicateType = "https://slsa.dev/provenance/v1",
            Predicate = predicate,
        };
        foreach ((var name, var digest) in artifacts)
        {
            var colon = digest.IndexOf(':', StringComparison.Ordinal);
            statement.Subject.Add(new Subject { Name = name, Digest = { [digest[..colon]] = digest[(colon + 1)..] } });
        }

        if (statement.Subject.Count == 0)
            statement.Subject.Add(new Subject { Name = uri });

        return statement;
    }

    private InTotoSlsaProvenanceV1.Types.ResourceDescriptor SourceAt(ParseResult parsed, string name)
    {
        if (Value(parsed, repository) is not { } url)
            throw CliException.BadInput("--branch needs --repository: a branch is a branch of something.");

        var reference = name.StartsWith("refs/", StringComparison.Ordinal) ? name : "refs/heads/" + name;
        var source = new InTotoSlsaProvenanceV1.Types.ResourceDescriptor { Uri = $"git+{url}@{reference}" };
        if (Value(parsed, commit) is { } id)
            source.Digest["gitCommit"] = id;

        return source;
    }

    private static (string Name, string Digest) Artifact(string text)
    {
        var at = text.LastIndexOf('@');
        var digest = text[(at + 1)..];
        return at > 0 && digest.Split(':') is [{ Length: > 0 }, { Length: > 0 } hex] && hex.All(char.IsAsciiHexDigit)
            ? (text[..at], digest.ToLowerInvariant())
            : throw CliException.BadInput($"--artifact '{text}' is not name@algorithm:hex, such as team/web:1.4.0@sha256:4bf5….");
    }

    private static Timestamp? Time(ParseResult parsed, Option<string?> option)
    {
        if (Value(parsed, option) is not { } text)
            return null;

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? Timestamp.FromDateTimeOffset(time)
            : throw CliException.BadInput($"{option.Name} '{text}' is not a time. Write ISO 8601, such as 2026-03-01T10:00:00Z.");
    }

    private static string? Value(ParseResult parsed, Option<string?> option) => parsed.GetValue(option) switch
    {
        "" => throw CliException.BadInput($"{option.Name} is empty. Leave it out, or check the variable that it came from."),
        var value => value,
    };

    private static Option<string?> Text(string name, string helpName, string description) =>
        new(name) { HelpName = helpName, Description = description };
}
