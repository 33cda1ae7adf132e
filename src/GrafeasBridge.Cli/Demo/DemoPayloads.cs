using GrafeasBridge.Cli.Input;

namespace GrafeasBridge.Cli.Demo;

/// <summary>The occurrences that the demo sends: real ones, kept in this program. Each file names its source.</summary>
internal static class DemoPayloads
{
    private static readonly (string What, string Resource)[] All =
    [
        ("a Google Cloud Build", "cloud-build.json"),
        ("a Tekton Chains pipeline", "tekton-chains.json"),
    ];

    public static List<SendItem> Read()
    {
        var items = new List<SendItem>();
        foreach ((var what, var resource) in All)
        {
            using var stream = typeof(DemoPayloads).Assembly.GetManifestResourceStream(resource)
                ?? throw new InvalidOperationException($"The resource {resource} is missing from this program.");
            using var content = new MemoryStream();
            stream.CopyTo(content);
            items.AddRange(OccurrenceFile.Parse(what, content.ToArray()));
        }

        return items;
    }
}
