using System.Diagnostics;
using System.Globalization;
using System.Text;
using Grafeas.V1;
using GrafeasBridge.Store.Sqlite;
using Grpc.Core;

namespace GrafeasBridge.Benchmarks.Load;

/// <summary>
/// Lists with filters against a full store: the first page of filters that an index serves, a walk with one that none serves
/// beside a plain walk, what a cancelled call leaves behind, and what the indexes cost a create. Prints a Markdown report.
/// </summary>
internal static class FilterRun
{
    private const int CreatesPerRound = 60_000;

    /// <param name="creates">False to leave out what the indexes cost a create, which takes most of the time.</param>
    public static async Task<int> RunAsync(int stored, bool creates)
    {
        var folder = Directory.CreateTempSubdirectory("grafeasbridge-filters").FullName;
        var report = new StringBuilder().AppendLine("| measure | result |").AppendLine("|---|---|");
        void Tell(string name, string result)
        {
            Console.WriteLine($"{name}: {result}");
            report.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {result} |");
        }

        try
        {
            Migration(folder, Math.Min(stored, 200_000), Tell);
            if (creates)
                await CreatesAsync(folder, "empty store", Tell);
            await FillAsync(folder, stored, Tell);
            if (creates)
                await CreatesAsync(folder, Invariant($"{stored:N0} stored"), Tell);
            await FirstPagesAsync(folder, stored, Tell);
            await WalksAsync(folder, Tell);
            await CancelAsync(folder, Tell);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        Console.WriteLine();
        Console.Write(report);
        return 0;
    }

    /// <summary>A file of the first schema, with resources of their own.</summary>
    private static void Migration(string folder, int stored, Action<string, string> tell)
    {
        var place = Directory.CreateDirectory(Path.Combine(folder, "migration")).FullName;
        using (var database = FilterStore.Database(place))
        {
            database.Execute("pragma journal_mode = wal");
            SqliteMigrations.Run(database, [SqliteSchema.Steps[0]]);
            database.Execute(Invariant($"""
                begin;
                insert into project_names values (1, 'load');
                insert into note_names values (1, 1, 'build');
                insert into notes (name, project, kind, content) values (1, 1, 2, x'');
                with recursive n (i) as (select 1 union all select i + 1 from n where i < {stored})
                insert into occurrences (project, note, kind, create_time, id, resource_uri, content_hash, content)
                select 1, 1, 2, i * 10000000, 'id' || i, 'https://registry.example/team/web@sha256:' || lower(hex(randomblob(32))), zeroblob(32), randomblob(1300) from n;
                commit
                """));
            Process.Start("sync").WaitForExit();
            var before = Stopwatch.GetTimestamp();
            SqliteMigrations.Run(database, SqliteSchema.Steps);
            tell(Invariant($"migration of {stored:N0} from the first schema"), Invariant($"{Stopwatch.GetElapsedTime(before).TotalSeconds:F1} s"));
        }

        Directory.Delete(place, recursive: true);
    }

    /// <summary>With and without the indexes, in turns, so that what else runs on the machine meets both.</summary>
    private static async Task CreatesAsync(string folder, string when, Action<string, string> tell)
    {
        Console.WriteLine($"load average {(await File.ReadAllTextAsync("/proc/loadavg")).Trim()}");
        var place = Directory.CreateDirectory(Path.Combine(folder, "creates")).FullName;
        if (File.Exists(FilterStore.Path(folder)))
            File.Copy(FilterStore.Path(folder), FilterStore.Path(place), overwrite: true);
        else
            await WithStoreAsync(place, FilterStore.AddNotesAsync);

        var definitions = Definitions(place);
        foreach ((var what, var resource) in new (string, Func<int, string>)[]
        {
            ("one resource", _ => "registry.example/team/web:1.0.0"), ("ten to a new digest", FilterStore.Resource),
        })
        {
            var with = new List<double>();
            var without = new List<double>();
            for (var round = 0; round < 3; round++)
            {
                var first = 100_000_000 + (next++ * CreatesPerRound * 2);
                await WithStoreAsync(place, async store => with.Add(await FilterStore.CreateAsync(store, first, CreatesPerRound, resource)));
                Execute(place, FilterStore.Indexes.Select(index => $"drop index {index}").Concat(FilterStore.Before.Select(index => index.Definition)));
                first += CreatesPerRound;
                await WithStoreAsync(place, async store => without.Add(await FilterStore.CreateAsync(store, first, CreatesPerRound, resource)));
                Execute(place, FilterStore.Before.Select(index => $"drop index {index.Name}").Concat(definitions));
            }

            var share = with.Order().ElementAt(1) / without.Order().ElementAt(1);
            tell(
                $"creates in the store, 64 callers, {what}, {when}",
                Invariant($"{with.Order().ElementAt(1):N0}/s with the indexes, {without.Order().ElementAt(1):N0}/s without: {share:P0}"));
        }

        Directory.Delete(place, recursive: true);
    }

    private static int next;

    private static async Task FillAsync(string folder, int stored, Action<string, string> tell)
    {
        await WithStoreAsync(folder, async store =>
        {
            await FilterStore.AddNotesAsync(store);
            tell("fill, batches of 1000, 2 at once", Invariant($"{await FilterStore.FillAsync(store, stored):N0} occurrences/s"));
        });
        var definitions = Definitions(folder);
        Execute(folder, FilterStore.Indexes.Select(index => $"drop index {index}"));
        var before = Stopwatch.GetTimestamp();
        Execute(folder, definitions);
        tell(Invariant($"making the indexes of {stored:N0}, as a migration does"), Invariant($"{Stopwatch.GetElapsedTime(before).TotalSeconds:F1} s"));
        tell("file", Invariant($"{new FileInfo(FilterStore.Path(folder)).Length >> 20:N0} MiB"));
    }

    private static async Task FirstPagesAsync(string folder, int stored, Action<string, string> tell)
    {
        await using var service = await ServiceUnderLoad.StartAsync(folder);
        var grafeas = new Grafeas.V1.Grafeas.GrafeasClient(service.Channel);
        var random = new Random(7);
        string Url() => FilterStore.Resource(random.Next(stored));
        var late = FilterStore.Time(stored - 1000).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        foreach ((var name, var filter) in new (string, Func<string>)[]
        {
            ("no filter", () => ""),
            ("resourceUrl=\"…\" AND kind=\"BUILD\"", () => $"resourceUrl=\"{Url()}\" AND kind=\"BUILD\""),
            ("has_prefix, sparse (1 in 10,000)", () => $"has_prefix(resourceUrl,\"{FilterStore.Rare}\")"),
            ("has_prefix, medium (1 in 100)", () => $"has_prefix(resourceUrl,\"{FilterStore.Common}\")"),
            ("has_prefix, dense (all)", () => $"has_prefix(resourceUrl,\"{FilterStore.Host}\")"),
            ("noteId, 1 in 1,000", () => "noteId=\"rare\""),
            ("noteId, most", () => "noteId=\"build\""),
            ("kind alone, 1 in 20", () => "kind=\"ATTESTATION\""),
            ("kind alone, none stored", () => "kind=\"VULNERABILITY\""),
            ("createTime, the last 1,000", () => $"createTime>=\"{late}\""),
            ("OR of 6 URLs", () => string.Join(" OR ", Enumerable.Range(0, 6).Select(_ => $"resourceUrl=\"{Url()}\""))),
            ("OR of 6 URLs, 2 kinds", () => $"((kind=\"BUILD\") OR (kind=\"DISCOVERY\")) AND ({string.Join(" OR ", Enumerable.Range(0, 6).Select(_ => $"(resourceUrl=\"{Url()}\")"))})"),
            ("digest within the URL", () => $"resourceUrl:\"sha256:{Url()[^64..]}\""),
            ("digest at the end of the URL", () => $"resourceUrl=\"*@sha256:{Url()[^64..]}\""),
        })
        {
            tell($"first page, {name}", await TimesAsync(async () => (await grafeas.ListOccurrencesAsync(
                new ListOccurrencesRequest { Parent = "projects/" + Samples.Project, Filter = filter() })).Occurrences.Count));
        }

        tell("first page, ListNoteOccurrences of most, OR of 2 URLs", await TimesAsync(async () => (await grafeas.ListNoteOccurrencesAsync(
            new ListNoteOccurrencesRequest { Name = Samples.NoteName, Filter = $"resourceUrl=\"{Url()}\" OR resourceUrl=\"{Url()}\"" })).Occurrences.Count));
    }

    private static async Task WalksAsync(string folder, Action<string, string> tell)
    {
        await using var service = await ServiceUnderLoad.StartAsync(folder);
        var grafeas = new Grafeas.V1.Grafeas.GrafeasClient(service.Channel);
        await WalkAsync(grafeas, "", pages: 20);
        var idle = service.ResidentMiB();
        (var plain, var pages, var count) = await WalkAsync(grafeas, "");
        var afterPlain = service.ResidentMiB();
        tell("walk without a filter, pages of 1000", Invariant($"{plain.TotalSeconds:F1} s, {pages} pages, {count:N0} items"));
        foreach (var filter in new[] { "build.provenance.id=\"b-999998\"", "resourceUrl:\"team/none\"" })
        {
            (var took, pages, count) = await WalkAsync(grafeas, filter);
            tell(
                $"walk with {filter}",
                Invariant($"{took.TotalSeconds:F1} s ({took / plain:F2} of the plain walk), {pages} pages, {count} items; a page {took.TotalMilliseconds / pages:F0} ms"));
        }

        tell("memory", Invariant($"{idle:F0} MiB before the walks, {afterPlain:F0} after the plain one, {service.ResidentMiB():F0} at the end"));
    }

    /// <summary>One connection reads: how long the next call waits for it is how long the cancelled one held it.</summary>
    private static async Task CancelAsync(string folder, Action<string, string> tell)
    {
        await using var service = await ServiceUnderLoad.StartAsync(folder, "--Store:Readers=1", "--Ingest:MaxFilterScan=10000000");
        var grafeas = new Grafeas.V1.Grafeas.GrafeasClient(service.Channel);
        await WalkAsync(grafeas, "", pages: 5);
        var waits = new List<double>();
        var get = new GetNoteRequest { Name = Samples.NoteName };
        for (var i = 0; i < 50; i++)
        {
            using var gone = new CancellationTokenSource(TimeSpan.FromMilliseconds(50 + i));
            try
            {
                await grafeas.ListOccurrencesAsync(
                    new ListOccurrencesRequest { Parent = "projects/" + Samples.Project, Filter = "build.provenance.id=\"none\"" }, cancellationToken: gone.Token);
                throw new InvalidOperationException("The list ended before it was cancelled.");
            }
            catch (RpcException cancelled) when (cancelled.StatusCode == StatusCode.Cancelled)
            {
                var before = Stopwatch.GetTimestamp();
                await grafeas.GetNoteAsync(get);
                waits.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
            }
        }

        waits.Sort();
        tell("next call after a cancelled walk, one connection", Invariant($"p50 {waits[25]:F1} ms, longest {waits[^1]:F1} ms"));
    }

    private static async Task<(TimeSpan Took, int Pages, int Count)> WalkAsync(
        Grafeas.V1.Grafeas.GrafeasClient grafeas, string filter, int pages = int.MaxValue)
    {
        var request = new ListOccurrencesRequest { Parent = "projects/" + Samples.Project, Filter = filter, PageSize = 1000 };
        var count = 0;
        var seen = 0;
        var before = Stopwatch.GetTimestamp();
        do
        {
            var page = await grafeas.ListOccurrencesAsync(request);
            count += page.Occurrences.Count;
            request.PageToken = page.NextPageToken;
            seen++;
        }
        while (request.PageToken.Length > 0 && seen < pages);
        return (Stopwatch.GetElapsedTime(before), seen, count);
    }

    private static async Task<string> TimesAsync(Func<Task<int>> call)
    {
        var times = new List<double>();
        var items = 0;
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < 550 && (i < 25 || Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(5)); i++)
        {
            var before = Stopwatch.GetTimestamp();
            items = await call();
            if (i >= 5)
                times.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
        }

        times.Sort();
        return Invariant($"p50 {times[times.Count / 2]:F2} ms, p99 {times[times.Count * 99 / 100]:F2} ms of {times.Count}; {items} items");
    }

    private static async Task WithStoreAsync(string folder, Func<SqliteStore, Task> work)
    {
        await using var store = FilterStore.New(folder);
        await store.OpenAsync(CancellationToken.None);
        await work(store);
    }

    private static string[] Definitions(string folder)
    {
        using var database = FilterStore.Database(folder);
        return [.. FilterStore.Indexes.Select(index => database.QueryText($"select sql from sqlite_schema where name = '{index}'", 0).Single())];
    }

    private static void Execute(string folder, IEnumerable<string> commands)
    {
        using var database = FilterStore.Database(folder);
        database.Execute($"begin; {string.Join(";\n", commands)}; commit");
        // What the disk still has to write of it must not slow what is measured next.
        Process.Start("sync").WaitForExit();
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
