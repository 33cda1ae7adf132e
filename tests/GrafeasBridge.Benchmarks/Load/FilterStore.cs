using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;
using GrafeasBridge.Mapping;
using GrafeasBridge.Store;
using GrafeasBridge.Store.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Benchmarks.Load;

/// <summary>
/// The store for the filter scenario, filled without the service: occurrences of images, ten for each digest, of which one in
/// ten thousand lies under a rare prefix, one in a hundred under a common one, and all under the same host.
/// </summary>
internal static class FilterStore
{
    public const string Host = "https://registry.example/";
    public const string Rare = Host + "rare/";
    public const string Common = Host + "common/";

    /// <summary>What the filters brought, and what it replaced.</summary>
    public static readonly string[] Indexes =
        ["occurrences_of_resource", "occurrences_of_kind", "occurrences_of_note_in_project", "notes_of_kind", "note_names_of_id"];

    public static readonly (string Name, string Definition)[] Before =
    [
        ("occurrences_of_project", "create index occurrences_of_project on occurrences (project)"),
        ("occurrences_of_note", "create index occurrences_of_note on occurrences (note, seq, project)"),
    ];

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly VersionResolution Nowhere = new([], [], [], [], null, "no resolver understands it");

    public static SqliteStore New(string folder) => new(
        Options.Create(new StoreOptions { Path = Path(folder) }), new TargetNames(["bintray"]), TimeProvider.System, NullLogger<SqliteStore>.Instance);

    public static string Path(string folder) => System.IO.Path.Combine(folder, "bridge.db");

    /// <summary>Another hand on the file, while no store has it open.</summary>
    public static SqliteDatabase Database(string folder) => SqliteDatabase.Open(Path(folder), readOnly: false, TimeSpan.FromSeconds(1));

    public static string Resource(int number)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(BitConverter.GetBytes(number / 10), hash);
        var team = (number % 10_000, number % 100) switch
        {
            (17, _) => "rare",
            (_, 3) => "common",
            _ => "team" + Text(BinaryPrimitives.ReadUInt16BigEndian(hash) % 1000),
        };
        return $"{Host}{team}/app@sha256:{Convert.ToHexStringLower(hash)}";
    }

    public static DateTimeOffset Time(int number) => Start.AddSeconds(number);

    /// <summary>Three notes: nineteen in twenty occurrences are builds, one in twenty an attestation, one in a thousand of a rare note.</summary>
    public static async Task AddNotesAsync(IBridgeStore store) => await store.AddNotesAsync(
        [
            NewNote("build", new Note { Kind = NoteKind.Build, Build = new BuildNote { BuilderVersion = "7" } }),
            NewNote("signed", new Note { Kind = NoteKind.Attestation, Attestation = new AttestationNote() }),
            NewNote("rare", new Note { Kind = NoteKind.Build, Build = new BuildNote { BuilderVersion = "8" } }),
        ],
        CancellationToken.None);

    /// <returns>Occurrences a second.</returns>
    public static async Task<double> FillAsync(IBridgeStore store, int count)
    {
        var before = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count / 1000),
            new ParallelOptions { MaxDegreeOfParallelism = 2 },
            async (batch, cancel) => await store.AddOccurrencesAsync(
                [.. Enumerable.Range(batch * 1000, 1000).Select(number => Occurrence(number, Resource(number)))], cancel));
        return count / Stopwatch.GetElapsedTime(before).TotalSeconds;
    }

    /// <summary>Durable creates, one by one, of 64 callers.</summary>
    /// <returns>Creates a second.</returns>
    public static async Task<double> CreateAsync(IBridgeStore store, int first, int count, Func<int, string> resource)
    {
        NewOccurrence[] made = [.. Enumerable.Range(first, count).Select(number => Occurrence(number, resource(number)))];
        var next = -1;
        var before = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var mine && mine < made.Length)
                await store.AddOccurrencesAsync([made[mine]], CancellationToken.None);
        })));
        return count / Stopwatch.GetElapsedTime(before).TotalSeconds;
    }

    private static NewNote NewNote(string id, Note note)
    {
        note.Name = $"projects/{Samples.Project}/notes/{id}";
        return new NewNote(Samples.Project, id, (int)note.Kind, note.ToByteArray());
    }

    private static NewOccurrence Occurrence(int number, string resource)
    {
        var signed = number % 20 == 0;
        var note = signed ? "signed" : number % 1000 == 1 ? "rare" : "build";
        var occurrence = Samples.Mapped(number).Occurrence;
        occurrence.ResourceUri = resource;
        occurrence.NoteName = $"projects/{Samples.Project}/notes/{note}";
        occurrence.Kind = signed ? NoteKind.Attestation : NoteKind.Build;
        occurrence.CreateTime = Timestamp.FromDateTimeOffset(Time(number));
        var id = number.ToString("D12", CultureInfo.InvariantCulture);
        occurrence.Name = $"projects/{Samples.Project}/occurrences/{id}";
        var content = occurrence.ToByteArray();
        return new NewOccurrence(
            Samples.Project, id, Samples.Project, note, (int)occurrence.Kind, resource, Time(number), content, null, SHA256.HashData(content), Nowhere, null);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
