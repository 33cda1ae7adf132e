using System.Globalization;
using System.Text;
using GrafeasBridge.Mapping;
using GrafeasBridge.Store;
using GrafeasBridge.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace GrafeasBridge.Tests.Store;

/// <summary>
/// What every store must do, whatever the database. The contract is in several classes, one for each theme; a database joins
/// by deriving from each of them and naming its <see cref="StoreBackend"/>.
/// </summary>
[OwnStore]
public abstract class StoreContract : IAsyncLifetime
{
    internal const string Target = "bintray";
    internal const int Build = 2;
    internal const int Attestation = 7;

    private readonly TestLogs logs = new();
    private ILoggerFactory? factory;
    private int created;

    internal FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 9, 30, 0, TimeSpan.Zero));

    internal StoreBackend Backend { get; private set; } = null!;

    internal IBridgeStore Store { get; private protected set; } = null!;

    internal TestLogs Logs => logs;

    internal ILoggerFactory Factory => factory ??= logs.Factory();

    internal static CancellationToken Stop => TestContext.Current.CancellationToken;

    internal virtual IReadOnlyList<string> Targets => [Target];

    public virtual async ValueTask InitializeAsync()
    {
        Backend = NewBackend();
        Store = await Backend.OpenAsync(Clock, Factory, Targets);
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Backend.DisposeAsync();
        factory?.Dispose();
        logs.Dispose();
    }

    internal abstract StoreBackend NewBackend();

    internal async Task ReopenAsync(params string[] targets)
    {
        await Backend.CloseAsync();
        Store = await Backend.OpenAsync(Clock, Factory, targets.Length > 0 ? targets : Targets);
    }

    // Things to store

    internal static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    internal static string Text(byte[]? content) => Encoding.UTF8.GetString(content ?? throw new ArgumentNullException(nameof(content)));

    internal static string Text(StoredMessage? message) => Text(message?.Content);

    internal static StoredMessage Longer(StoredMessage message, char by) => message with { Content = [.. message.Content, (byte)by] };

    internal static VersionCoordinates Web(string version) => new("acme", "images", "team/web", version);

    internal static string Digest(char fill) => "sha256:" + new string(fill, 64);

    internal static VersionResolution Nowhere(string reason = "no resolver understands it") => new([], [], [], [], null, reason);

    internal static VersionResolution Names(params VersionCoordinates[] versions) => new(versions, [], [], [], "docker", null);

    internal static VersionResolution Refers(params DigestReference[] references) => new([], references, [], [], "docker", null);

    internal static VersionResolution Teaches(string digest, params VersionCoordinates[] versions) =>
        new(versions, [], [.. versions.Select(version => new DigestTag(version, digest))], [], "docker", null);

    internal Task AddNoteAsync(string project = "ci", string id = "builds", int kind = Build) =>
        Store.AddNotesAsync([new NewNote(project, id, kind, Bytes($"note {id}"))], Stop);

    internal NewOccurrence Occurrence(
        VersionResolution? placement = null, string project = "ci", string note = "builds", int kind = Build, string? request = null, string? content = null)
    {
        var id = Interlocked.Increment(ref created).ToString("D12", CultureInfo.InvariantCulture);
        var text = content ?? $"occurrence {id}";
        return new NewOccurrence(
            project, id, "ci", note, kind, "https://acme-docker-images.bintray.io/team/web", Clock.GetUtcNow(), Bytes(text), request,
            Bytes("hash of " + text), placement ?? Nowhere(), "00-trace-" + id);
    }

    internal async Task<AddedOccurrence> AddAsync(NewOccurrence occurrence) =>
        Assert.Single(await Store.AddOccurrencesAsync([occurrence], Stop));

    internal async Task<IReadOnlyList<string>> ContentsOfAsync(VersionCoordinates version)
    {
        var contents = new List<string>();
        await foreach (var content in Store.ReadOccurrencesOfAsync(version, Stop))
            contents.Add(Text(content));
        return contents;
    }

    /// <summary>Brings everything that is due to verified.</summary>
    internal async Task VerifyAllAsync(string target = Target)
    {
        foreach (var claimed in await Store.ClaimAsync(target, 1000, TimeSpan.FromMinutes(1), Stop))
            Assert.Equal(SettleResult.Settled, await Store.SettleAsync(claimed, Verified, Stop));
    }

    internal static Settlement Verified { get; } = new(DeliveryState.Verified, "verified", "", null, null);

    internal static async Task<StoreException> RefusedAsync(StoreFailure failure, Func<Task> call, int index = -1)
    {
        var refusal = await Assert.ThrowsAsync<StoreException>(call);
        Assert.Equal((failure, index), (refusal.Failure, refusal.Index));
        return refusal;
    }
}
