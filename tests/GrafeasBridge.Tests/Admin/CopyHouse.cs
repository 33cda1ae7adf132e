using System.Globalization;
using GrafeasBridge.Mapping;
using GrafeasBridge.Store;
using GrafeasBridge.Tests.Store;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.Tests.Support.Postgres;

namespace GrafeasBridge.Tests.Admin;

/// <summary>A store on SQLite with something in it, and an empty room on PostgreSQL.</summary>
[Needs(Need.Postgres)]
public abstract class CopyHouse : SqliteHouse
{
    internal PostgresServer Server { get; private set; } = null!;

    internal string Schema { get; private set; } = "";

    internal string Sqlite => "sqlite:" + Files.File;

    internal string Postgres => "postgres:" + Server.ConnectionString(Schema);

    internal string Password => "--Store:PasswordFile=" + Server.PasswordFile;

    internal override IReadOnlyList<string> Targets => ["bintray", "mirror"];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        NeedsAttribute.Check(Need.Postgres);
        Server = await PostgresServer.SharedAsync();
        Schema = await Server.NewSchemaAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Server.ExecuteAsync($"drop schema {Schema} cascade");
        GC.SuppressFinalize(this);
    }

    /// <summary>Fills every table by the store's own verbs, and leaves gaps in what it counts.</summary>
    internal async Task FillAsync(Random random, int occurrences)
    {
        await AddNoteAsync();
        await Store.AddProjectAsync("Ærø 😀", Stop);
        await Store.EnsureTargetsAsync(Targets, Stop);
        await Store.KeepLearnedAsync("bintray", """{"limit":7}""", Stop);
        await Store.SharedSecretAsync("page tokens", Stop);
        await Store.AddSigningKeyAsync(new StoredKey("one", Clock.GetUtcNow(), [1, 2, 3], [0, 255]), null, Stop);
        await Store.CheckWritableAsync(Stop);
        var ids = new List<string>();
        for (var i = 0; i < occurrences; i++)
        {
            Clock.Advance(TimeSpan.FromSeconds(random.Next(100)));
            var occurrence = Some(random, i);
            await AddAsync(occurrence);
            ids.Add(occurrence.Id);
        }

        var upload = new NewUpload("ci", "gitoid:blob:sha256:00", Clock.GetUtcNow(), [9, 0, 9]);
        await Store.AddOccurrencesAsync([Occurrence(Names(Web("uploaded")))], upload, Stop);
        await VerifyAllAsync();
        await RetireSomeAsync();
        foreach (var id in ids.TakeLast(3))
            await Store.DeleteOccurrenceAsync("ci", id, Stop);
    }

    private NewOccurrence Some(Random random, int i)
    {
        var version = Web(random.Next(20).ToString(CultureInfo.InvariantCulture));
        var digest = Digest((char)('a' + random.Next(6)));
        var placement = random.Next(5) switch
        {
            0 => Nowhere("nobody knows \"it\" 'yet'"),
            1 => Refers(new DigestReference(new PackageCoordinates(version.Subject, version.Repo, version.Package), digest, Web("sha256-" + digest[7..12]))),
            2 => Teaches(digest, version),
            3 => Names(version) with { Commits = [$"c0ffee{random.Next(9)}"] },
            _ => Names(version),
        };
        var content = new byte[random.Next(2000)];
        random.NextBytes(content);
        return Occurrence(placement, request: random.Next(2) == 0 ? $"request {i} é" : null) with
        {
            Content = content,
            Original = random.Next(3) == 0 ? [.. content, 0] : null,
            ResourceUri = new string('r', random.Next(400)) + "\u0001\t\\N é 漢 😀",
        };
    }

    private async Task RetireSomeAsync()
    {
        foreach (var claimed in await Store.ClaimAsync("mirror", 1000, TimeSpan.FromMinutes(1), Stop))
            await Store.SettleAsync(claimed, Verified, Stop);
        Clock.Advance(TimeSpan.FromDays(2));
        var part = await Store.ReadAgedAsync(new AgedQuery(Clock.GetUtcNow().AddDays(-1), Clock.GetUtcNow().AddDays(-1), 0, 8, 1 << 20), Stop);
        Assert.NotEmpty(part.Occurrences);
        await Store.RetireAsync(part, [.. part.Versions.Select(_ => new byte[] { 1, 2 })], Stop);
    }
}
