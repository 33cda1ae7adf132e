using System.Diagnostics;
using System.Globalization;
using System.Text;
using Grafeas.V1;
using GrafeasBridge.Tests.Support.Postgres;
using GrafeasBridge.V1;
using Grpc.Core;

namespace GrafeasBridge.Benchmarks.Load;

/// <summary>
/// The whole service under load on loopback, load and service on the same cores: creates, reads, pages, reconciles, memory,
/// start-up, in one run. Prints a Markdown report; <c>--quick</c> is a tenth of it, <c>--stored N</c> sets the large store,
/// <c>--postgres</c> stores in a PostgreSQL on the same cores, <c>--filters</c> runs <see cref="FilterRun"/> instead.
/// </summary>
internal static class LoadRun
{
    private static readonly int[] StreamCounts = [1, 16, 64];

    /// <summary>What deploy/postgres/postgresql.conf sets beyond the defaults and bears on speed.</summary>
    private static readonly string[] AsDeployed =
    [
        "shared_buffers = 256MB", "effective_cache_size = 700MB", "work_mem = 8MB", "random_page_cost = 1.1", "wal_compression = on", "max_wal_size = 2GB",
        "checkpoint_timeout = 15min", "autovacuum_vacuum_insert_scale_factor = 0.1",
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        var quick = args.Contains("--quick");
        var stored = args is [.., "--stored", { } n] ? int.Parse(n, CultureInfo.InvariantCulture) : quick ? 100_000 : 1_000_000;
        if (args.Contains("--filters"))
            return await FilterRun.RunAsync(stored, creates: !args.Contains("--no-creates"));
        var folder = Directory.CreateTempSubdirectory("grafeasbridge-load").FullName;
        var report = new StringBuilder();
        report.AppendLine(CultureInfo.InvariantCulture, $"Cores {Environment.ProcessorCount}, runtime {Environment.Version}, {(quick ? "quick" : "full")} run.\n");
        report.AppendLine("| measure | result |").AppendLine("|---|---|");
        await using var server = args.Contains("--postgres") ? await PostgresServer.StartInAsync(Path.GetTempPath(), AsDeployed) : null;
        IReadOnlyList<string> settings = server is null ? [] : [.. server.Settings("public").Select(setting => $"--{setting.Key}={setting.Value}")];
        try
        {
            await MeasureAsync(folder, settings, quick ? 0.1 : 1, stored, (name, result) =>
            {
                Console.WriteLine($"{name}: {result}");
                report.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {result} |");
            });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        Console.WriteLine();
        Console.Write(report);
        return 0;
    }

    private static async Task MeasureAsync(string folder, IReadOnlyList<string> settings, double share, int stored, Action<string, string> tell)
    {
        await using (var service = await ServiceUnderLoad.StartAsync(folder, settings))
        {
            tell("start-up, empty store", $"{service.ReadyAfter.TotalMilliseconds:F0} ms to ready");
            tell("memory, idle", $"{service.ResidentMiB():F0} MiB");
            await PrepareAsync(service);
            await ReadsAsync(service, share, "with 1,000 stored", tell);
            var expected = await CreatesAsync(service, share, tell);
            tell("memory, after creates", $"{service.ResidentMiB():F0} MiB");
            await ReconcilesAsync(service, (int)(5_000 * share), tell);
            await FillAsync(service, Math.Max(0, stored - expected), tell);
            await ReadsAsync(service, share, string.Create(CultureInfo.InvariantCulture, $"with {stored:N0} stored"), tell);
            await CreatesAsync(service, share, tell, $", {stored.ToString("N0", CultureInfo.InvariantCulture)} stored");
            tell("memory, at the end", $"{service.ResidentMiB():F0} MiB");
        }

        await using var again = await ServiceUnderLoad.StartAsync(folder, settings);
        tell(string.Create(CultureInfo.InvariantCulture, $"start-up, {stored:N0} stored"), $"{again.ReadyAfter.TotalMilliseconds:F0} ms to ready");
    }

    private static async Task PrepareAsync(ServiceUnderLoad service)
    {
        var grafeas = new Grafeas.V1.Grafeas.GrafeasClient(service.Channel);
        await grafeas.CreateNoteAsync(new CreateNoteRequest
        {
            Parent = "projects/" + Samples.Project,
            NoteId = "build",
            Note = new Note { Build = new BuildNote { BuilderVersion = "7" } },
        });
        await H2Load.RunAsync(service.GrpcPort, "/grafeas.v1.Grafeas/CreateOccurrence", Samples.Unmapped(), 16, 1_000);
        await ReadsAsync(service, 0.1, "", static (_, _) => { }); // warm
    }

    private static async Task<int> CreatesAsync(ServiceUnderLoad service, double share, Action<string, string> tell, string when = "")
    {
        var before = await CountAsync(service);
        var sent = 0;
        foreach (var streams in StreamCounts)
        {
            var calls = (int)((streams == 1 ? 20_000 : 100_000) * share);
            if (before < 2_000 && streams == 1)
                sent += await WarmAsync(service);
            var busy = service.ProcessorTime();
            var result = await H2Load.RunAsync(
                service.GrpcPort, "/grafeas.v1.Grafeas/CreateOccurrence", Samples.Unmapped(), streams, calls);
            var cpu = (service.ProcessorTime() - busy).TotalSeconds / calls * 1e6;
            tell($"durable creates, {streams} streams{when}", Format(result) + $", {cpu:F0} us of processor a call");
            sent += calls;
        }

        var many = (int)(100_000 * share);
        var spread = await H2Load.RunOnAsync(200, service.GrpcPort, "/grafeas.v1.Grafeas/CreateOccurrence", Samples.Unmapped(), 200, many);
        tell($"durable creates, 200 connections of 1 stream{when}", Format(spread));
        sent += many;
        sent += await ReceiptsAsync(service, (int)(30_000 * share), tell, when);
        var after = await CountAsync(service);
        if (after - before != sent)
            throw new InvalidOperationException($"{sent} creates were answered, {after - before} occurrences are stored.");
        return after;
    }

    /// <summary>The price of a receipt, as a ratio: turn by turn without and with, so that neighbours disturb both alike.</summary>
    private static async Task<int> ReceiptsAsync(ServiceUnderLoad service, int calls, Action<string, string> tell, string when)
    {
        const int turns = 4;
        string[][] headers = [[], ["x-grafeasbridge-receipt: true"]];
        var perSecond = new double[2];
        var processor = new double[2];
        for (var turn = 0; turn < 2 * turns; turn++)
        {
            var kind = turn % 2;
            var busy = service.ProcessorTime();
            var result = await H2Load.RunAsync(
                service.GrpcPort, "/grafeas.v1.Grafeas/CreateOccurrence", Samples.Unmapped(), 64, calls, headers[kind]);
            perSecond[kind] += result.PerSecond / turns;
            processor[kind] += (service.ProcessorTime() - busy).TotalSeconds / calls * 1e6 / turns;
        }

        tell(
            $"creates with a receipt each, 64 streams{when}",
            $"{perSecond[1] / perSecond[0]:P0} of those without ({perSecond[1]:N0}/s to {perSecond[0]:N0}/s, {processor[1]:F0} to {processor[0]:F0} us of processor)");
        return 2 * turns * calls;
    }

    private static async Task<int> WarmAsync(ServiceUnderLoad service)
    {
        const int calls = 20_000;
        await H2Load.RunAsync(service.GrpcPort, "/grafeas.v1.Grafeas/CreateOccurrence", Samples.Unmapped(), 16, calls);
        return calls;
    }

    private static async Task ReadsAsync(ServiceUnderLoad service, double share, string when, Action<string, string> tell)
    {
        var grafeas = new Grafeas.V1.Grafeas.GrafeasClient(service.Channel);
        var page = new ListOccurrencesRequest { Parent = "projects/" + Samples.Project };
        var first = await grafeas.ListOccurrencesAsync(page);
        var get = new GetOccurrenceRequest { Name = first.Occurrences[^1].Name };
        var calls = (int)(100_000 * share);
        tell($"gets, 64 streams, {when}", Format(await H2Load.RunAsync(service.GrpcPort, "/grafeas.v1.Grafeas/GetOccurrence", get, 64, calls)));
        tell($"pages of 20, 1 stream, {when}", Format(await H2Load.RunAsync(service.GrpcPort, "/grafeas.v1.Grafeas/ListOccurrences", page, 1, calls / 20)));
    }

    private static async Task ReconcilesAsync(ServiceUnderLoad service, int versions, Action<string, string> tell)
    {
        var grafeas = new Grafeas.V1.Grafeas.GrafeasClient(service.Channel);
        var bridge = new Bridge.BridgeClient(service.Channel);
        var before = Stopwatch.GetTimestamp();
        for (var done = 0; done < versions; done += 500)
        {
            var batch = new BatchCreateOccurrencesRequest { Parent = "projects/" + Samples.Project };
            batch.Occurrences.AddRange(Enumerable.Range(done, Math.Min(500, versions - done)).Select(i => Samples.Mapped(i).Occurrence));
            await grafeas.BatchCreateOccurrencesAsync(batch);
        }

        foreach (var open in new[] { DeliveryState.Pending, DeliveryState.Delivering, DeliveryState.Waiting })
        {
            while ((await bridge.ListVersionsAsync(new ListVersionsRequest { State = open, PageSize = 1 })).Versions.Count > 0)
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
        }

        var took = Stopwatch.GetElapsedTime(before);
        tell("reconciles, written and read back at the emulator in the same process", $"{versions / took.TotalSeconds:F0}/s ({versions} new versions)");
    }

    private static async Task FillAsync(ServiceUnderLoad service, int count, Action<string, string> tell)
    {
        var grafeas = new Grafeas.V1.Grafeas.GrafeasClient(service.Channel);
        var batch = new BatchCreateOccurrencesRequest { Parent = "projects/" + Samples.Project };
        batch.Occurrences.AddRange(Enumerable.Repeat(Samples.Unmapped().Occurrence, 1000));
        var before = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count / 1000),
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (_, cancel) => await grafeas.BatchCreateOccurrencesAsync(batch, cancellationToken: cancel));
        tell("batches of 1000, 4 at once", $"{count / Stopwatch.GetElapsedTime(before).TotalSeconds:F0} occurrences/s");
    }

    private static async Task<int> CountAsync(ServiceUnderLoad service)
    {
        var grafeas = new Grafeas.V1.Grafeas.GrafeasClient(service.Channel);
        var request = new ListOccurrencesRequest { Parent = "projects/" + Samples.Project, PageSize = 1000 };
        var count = 0;
        do
        {
            var page = await grafeas.ListOccurrencesAsync(request, new CallOptions());
            count += page.Occurrences.Count;
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return count;
    }

    private static string Format(H2Load.Result result) =>
        string.Create(CultureInfo.InvariantCulture, $"{result.PerSecond:N0}/s, p50 {result.P50:F2} ms, p99 {result.P99:F2} ms");
}
