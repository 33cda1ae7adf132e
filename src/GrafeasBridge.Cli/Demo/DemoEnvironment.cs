namespace GrafeasBridge.Cli.Demo;

/// <summary>A fresh folder and free ports for one run of the demo. Disposing removes the folder.</summary>
internal sealed class DemoEnvironment : IDisposable
{
    public DemoEnvironment()
    {
        var free = LoopbackPorts.Free(3);
        (Grpc, Http, Emulator) = (free[0], free[1], free[2]);
        Folder = Directory.CreateTempSubdirectory("gbridge-demo-").FullName;
    }

    public string Folder { get; }

    public Uri Grpc { get; }

    public Uri Http { get; }

    public Uri Emulator { get; }

    /// <summary>Settings of the service, as its command line takes them.</summary>
    public IReadOnlyList<string> Settings =>
    [
        $"--Listen:Grpc={Address(Grpc)}",
        $"--Listen:Http={Address(Http)}",
        $"--Emulator:Listen={Address(Emulator)}",
        $"--Store:Path={Path.Combine(Folder, "bridge.db")}",
        $"--Emulator:Path={Path.Combine(Folder, "emulator.db")}",
        // The Tekton build names what it made by digest alone; the demo lets the digest be the version.
        "--Mapping:Resolvers:google-artifact-registry-maven-repository:Untagged=sha256-{hex}",
    ];

    public static string Address(Uri uri) => uri.GetLeftPart(UriPartial.Authority);

    public void Dispose()
    {
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }
}
