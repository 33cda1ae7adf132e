using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;

namespace GrafeasBridge.Lab.Sending;

/// <summary>The builds of a run: the n-th is the same whenever it is made from the same seed.</summary>
/// <param name="perVersion">How many builds a version gets, about; its neighbours get them at about the same time. With 1 each build has its own.</param>
/// <param name="versions">Versions at most; then it is the first one's turn again.</param>
internal sealed class BuildPlan(int seed, int perVersion = 8, int versions = int.MaxValue)
{
    public const string Project = "lab";
    public const string Parent = "projects/" + Project;
    public const string NoteId = "build";

    private static readonly string[] Images = ["team/web", "team/api", "team/jobs"];
    private static readonly DateTime Epoch = new(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc);

    public string RequestId(int number) => string.Create(CultureInfo.InvariantCulture, $"lab-{seed}-{number:D7}");

    public string Key(int number) => $"{Project}/{RequestId(number)}";

    public Occurrence Make(int number)
    {
        var random = new Random(HashCode(number));
        var id = number.ToString("D7", CultureInfo.InvariantCulture);
        var provenance = new BuildProvenance { Id = "b-" + id };
        // What one build tells and the next one does not has to go away again.
        if (random.Next(3) > 0)
            provenance.Creator = "ci-" + random.Next(5).ToString(CultureInfo.InvariantCulture);
        if (random.Next(3) > 0)
            provenance.LogsUri = "https://ci.example.com/" + id;
        if (random.Next(3) > 0)
            provenance.EndTime = Timestamp.FromDateTime(Epoch.AddSeconds(number + random.Next(-20, 20)));
        if (random.Next(3) > 0)
        {
            provenance.SourceProvenance = new Source
            {
                Context = new Grafeas.V1.SourceContext { Git = new GitSourceContext { Url = "https://git.example.com/team/web", RevisionId = Commit(random) } },
            };
        }

        return new Occurrence
        {
            ResourceUri = Resource(number, random),
            NoteName = $"{Parent}/notes/{NoteId}",
            Build = new BuildOccurrence { Provenance = provenance },
        };
    }

    /// <summary>Mostly the version of its time, now and then an old one once more.</summary>
    private string Resource(int number, Random random)
    {
        var version = (number / perVersion) + random.Next(2);
        if (random.Next(20) == 0)
            version = random.Next(version + 1);
        if (perVersion == 1)
            version = number;
        version %= versions;
        var image = Images[version % Images.Length];
        return string.Create(CultureInfo.InvariantCulture, $"acme-docker-images.bintray.io/{image}:1.0.{version}");
    }

    private static string Commit(Random random)
    {
        var bytes = new byte[20];
        random.NextBytes(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    private int HashCode(int number) => unchecked((seed * 486187739) ^ (number * 16777619));
}
