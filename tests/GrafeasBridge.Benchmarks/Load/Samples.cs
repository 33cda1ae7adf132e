using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;
using SourceContext = Grafeas.V1.SourceContext;

namespace GrafeasBridge.Benchmarks.Load;

/// <summary>What the load is made of: a build occurrence of the usual size, about 1.4 KB.</summary>
internal static class Samples
{
    public const string Project = "load";
    public const string NoteName = "projects/load/notes/build";

    /// <summary>One of a registry that no resolver knows: stored and answered, with nothing to deliver.</summary>
    public static CreateOccurrenceRequest Unmapped() => Create("registry.example/team/web:1.0.0", 1);

    /// <summary>One that concerns a version of its own.</summary>
    public static CreateOccurrenceRequest Mapped(int number) =>
        Create($"acme-docker-images.bintray.io/team/web:{number.ToString(CultureInfo.InvariantCulture)}", number);

    private static CreateOccurrenceRequest Create(string resource, int number)
    {
        var started = new Timestamp { Seconds = 1_763_000_000 + number };
        var provenance = new BuildProvenance
        {
            Id = "b-" + number.ToString(CultureInfo.InvariantCulture),
            ProjectId = "team/web",
            Creator = "ci@example.com",
            LogsUri = "https://ci.example.com/team/web/builds/" + number.ToString(CultureInfo.InvariantCulture),
            BuilderVersion = "7.3.1",
            CreateTime = started,
            StartTime = started,
            EndTime = new Timestamp { Seconds = started.Seconds + 90 },
            TriggerId = "push",
            SourceProvenance = new Source
            {
                Context = new SourceContext
                {
                    Git = new GitSourceContext { Url = "https://git.example.com/team/web.git", RevisionId = "2ce3f90facdb51aeb950d5bc641e981be61fdf48" },
                },
            },
        };
        for (var i = 0; i < 8; i++)
        {
            var command = new Command { Name = "docker", Dir = "/workspace/team/web", Id = "step-" + i.ToString(CultureInfo.InvariantCulture) };
            command.Args.AddRange(["build", "--tag", "registry.example/team/web", "--file", "deploy/Dockerfile", "--label", "step", "."]);
            provenance.Commands.Add(command);
        }

        return new CreateOccurrenceRequest
        {
            Parent = "projects/" + Project,
            Occurrence = new Occurrence { ResourceUri = resource, NoteName = NoteName, Build = new BuildOccurrence { Provenance = provenance } },
        };
    }
}
