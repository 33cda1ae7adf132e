using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reflection;
using Google.Protobuf;
using Grafeas.V1;
using GrafeasBridge.Delivery;
using GrafeasBridge.Delivery.Bintray;
using GrafeasBridge.Delivery.Drift;
using GrafeasBridge.Mapping;
using GrafeasBridge.Store;
using GrafeasBridge.Telemetry;
using GrafeasBridge.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Tests.Delivery;

/// <summary>
/// The rooms Store and Delivery as the service puts them together, on a real database file. In place of the mapping table,
/// an occurrence's remediation says its attributes: lines of <c>type name=value|value</c>.
/// </summary>
internal sealed class DeliveryHost : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("bridge-delivery-").FullName;
    private readonly ServiceProvider provider;
    private int sent;

    private DeliveryHost(TestLogs logs, TestClock clock, Dictionary<string, string?> settings)
    {
        Clock = clock;
        foreach (var (key, value) in StoreUnderTest.Settings(folder))
            settings.TryAdd(key, value);
        if (StoreUnderTest.IsPostgres)
            settings.TryAdd("Store:DatabaseTime", "false"); // nor does the database's go on
        settings.TryAdd("Delivery:DebounceWindow", "00:00:00"); // time stands still here
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(logs));
        services.AddSingleton<TimeProvider>(clock);
        services.AddSingleton<IOccurrenceMapping, LineMapping>();
        services.AddSingleton(p => new TargetNames([.. p.GetRequiredService<IOptions<TargetsOptions>>().Value.Targets.Select(t => t.Name)]));
        services.AddStore(configuration);
        services.AddSingleton(p => FaultyStore.Around(p.ConfiguredStore()));
        services.AddSingleton(p => (IBridgeStore)p.GetRequiredService<FaultyStore>());
        services.AddDelivery(configuration).AddBintray();
        provider = services.BuildServiceProvider();
    }

    public static string Main { get; } = "main";

    public TestClock Clock { get; }

    public IBridgeStore Store => provider.GetRequiredService<IBridgeStore>();

    public FaultyStore Faults => provider.GetRequiredService<FaultyStore>();

    public DeliveryWorker Worker => provider.GetRequiredService<DeliveryWorker>();

    public DriftWorker Drift => provider.GetRequiredService<DriftWorker>();

    public DeliveryMetrics Metrics => provider.GetRequiredService<DeliveryMetrics>();

    public DeliveryHealthIssues HealthIssues => provider.GetRequiredService<DeliveryHealthIssues>();

    public VersionReconciler Reconciler => provider.GetRequiredService<VersionReconciler>();

    public DeliveryTarget Target(string name) => provider.GetRequiredService<TargetRegistry>().All.Single(t => t.Name == name);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <param name="logs">Where everything is logged.</param>
    /// <param name="targets">Name and server of each target.</param>
    /// <param name="settings">As <c>Key=value</c>.</param>
    public static async Task<DeliveryHost> StartAsync(TestLogs logs, (string Name, FakeBintray Fake)[] targets, params string[] settings)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < targets.Length; i++)
        {
            values[$"Targets:{i}:Name"] = targets[i].Name;
            values[$"Targets:{i}:BaseUrl"] = targets[i].Fake.Url;
            values[$"Targets:{i}:Username"] = "bridge";
            values[$"Targets:{i}:ApiKey"] = TargetHarness.ApiKey;
            values[$"Targets:{i}:MaxRetries"] = "0";
        }

        foreach (var setting in settings)
            values[setting.Split('=', 2)[0]] = setting.Split('=', 2)[1];
        var host = new DeliveryHost(logs, new TestClock(), values);
        await host.Store.OpenAsync(Token);
        await host.Store.EnsureTargetsAsync([.. targets.Select(target => target.Name)], Token);
        await host.Store.AddNotesAsync([new NewNote("p", "n", (int)NoteKind.Build, [])], Token);
        return host;
    }

    public Task<int> RunOnceAsync() => Worker.RunOnceAsync(Token);

    /// <summary>Stores an occurrence whose lines become attributes of the version.</summary>
    public async Task<string> SendAsync(VersionCoordinates version, string lines, string? traceParent = null)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"o{Interlocked.Increment(ref sent):D6}");
        await Store.AddOccurrencesAsync([Occurrence(id, version, lines, traceParent)], Token);
        return id;
    }

    public Task WithdrawAsync(string id) => Store.DeleteOccurrenceAsync("p", id, Token);

    public async Task<VersionRow> RowAsync(VersionCoordinates version, string? target = null) =>
        await Store.FindVersionAsync(target ?? Main, version, Token) ?? throw new InvalidOperationException($"{version} is not known");

    public async ValueTask DisposeAsync()
    {
        await provider.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private NewOccurrence Occurrence(string id, VersionCoordinates version, string lines, string? traceParent)
    {
        var content = new Occurrence { Name = $"projects/p/occurrences/{id}", Kind = NoteKind.Build, Remediation = lines };
        var placement = new VersionResolution([version], [], [], [], "test", null);
        return new NewOccurrence(
            "p", id, "p", "n", (int)NoteKind.Build, "https://resource.example", Clock.GetUtcNow(), content.ToByteArray(), null, new byte[32],
            placement, traceParent);
    }
}

/// <summary>Reads attributes from lines; a line "throw" is a fault of the mapping.</summary>
internal sealed class LineMapping : IOccurrenceMapping
{
    public VersionResolution Resolve(Occurrence occurrence) => throw new NotSupportedException("Delivery never places.");

    public Func<Occurrence, VersionResolution> ResolveAlike() => Resolve;

    public IVersionFold Begin() => new Fold();

    public IVersionFold Begin(byte[] saved) => throw new NotSupportedException("Delivery never retires.");

    private sealed class Fold : IVersionFold
    {
        private readonly SortedDictionary<string, MappedAttribute> attributes = new(StringComparer.Ordinal);

        public void Add(Occurrence occurrence)
        {
            foreach (var line in occurrence.Remediation.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                if (line == "throw")
                    throw new InvalidOperationException($"poison, with {TargetHarness.ApiKey} in it");
                var parts = line.Split([' ', '='], 3);
                var type = Enum.Parse<AttributeType>(parts[0], ignoreCase: true);
                attributes[parts[1]] = new MappedAttribute(parts[1], type, parts[2].Split('|'), parts[1], occurrence.Name, "remediation", null);
            }
        }

        public IReadOnlyList<MappedAttribute> Finish() => [.. attributes.Values];

        public byte[] Save() => throw new NotSupportedException("Delivery never retires.");
    }
}

/// <summary>The real store, in front of which a test may put faults of the disk.</summary>
internal class FaultyStore : DispatchProxy
{
    private IBridgeStore store = null!;

    /// <summary>Given the verb, the fault to throw; null to go on.</summary>
    public Func<string, Exception?>? Fault { get; set; }

    public static FaultyStore Around(IBridgeStore store)
    {
        var proxy = (FaultyStore)(object)Create<IBridgeStore, FaultyStore>();
        proxy.store = store;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (Fault?.Invoke(targetMethod!.Name) is { } fault)
            throw fault;
        return targetMethod!.Invoke(store, BindingFlags.DoNotWrapExceptions, null, args, CultureInfo.InvariantCulture);
    }
}

/// <summary>Listens to this room's instruments for one target, and tells when enough was heard.</summary>
internal sealed class Heard : IDisposable
{
    private readonly MeterListener listener = new();
    private readonly Observed<(string Instrument, double Value, string Tags)> measurements = new();
    private readonly string target;

    public Heard(string target)
    {
        this.target = target;
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == BridgeTelemetry.MeterName && instrument.Name.StartsWith("grafeasbridge.delivery.", StringComparison.Ordinal))
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Note(i.Name, value, tags));
        listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Note(i.Name, value, tags));
        listener.Start();
    }

    public IReadOnlyCollection<(string Instrument, double Value, string Tags)> All => measurements.All;

    public int Count => measurements.Count;

    public void Scrape() => listener.RecordObservableInstruments();

    public int Tries(string outcome) =>
        All.Count(m => m.Instrument == "grafeasbridge.delivery.attempts" && m.Tags.EndsWith($"outcome={outcome}", StringComparison.Ordinal));

    /// <summary>Ends as soon as what was heard so far satisfies the condition.</summary>
    public Task UntilAsync(Func<bool> condition) => measurements.UntilAsync(_ => condition());

    public void Dispose() => listener.Dispose();

    private void Note(string instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = string.Join(',', tags.ToArray().Select(t => $"{t.Key}={t.Value}"));
        if (!text.Contains($"target={target}", StringComparison.Ordinal))
            return;
        measurements.Add((instrument, value, text));
    }
}
