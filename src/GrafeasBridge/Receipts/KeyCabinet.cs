using GrafeasBridge.Store;
using Microsoft.Extensions.Options;
using NSec.Cryptography;

namespace GrafeasBridge.Receipts;

/// <summary>
/// The keys of receipts: one that signs, and the public parts of all that ever did. They are the store's, so that every bridge on it
/// signs and serves alike; what is here is a copy that <see cref="KeyRotation"/> keeps fresh.
/// </summary>
internal sealed partial class KeyCabinet(
    IBridgeStore store, IOptions<ReceiptsOptions> settings, TimeProvider clock, ILogger<KeyCabinet> logger) : IDisposable
{
    /// <summary>Keys that are ever served at most: a rotation every day for more than two years.</summary>
    public const int MaxKeys = 1000;

    private readonly ReceiptsOptions options = settings.Value;
    private readonly SemaphoreSlim turn = new(1);
    private volatile Held? held;

    public bool IsFromFile => options.KeyFile.Length > 0;

    /// <summary>Newest first.</summary>
    public IReadOnlyList<StoredKey> Keys => Current.Keys;

    private Held Current => held ?? throw new InvalidOperationException("The keys of receipts are read before the doors open.");

    /// <summary>Signs the text that <paramref name="text"/> makes of the key's id.</summary>
    public (string KeyId, byte[] Signature) Sign(Func<string, byte[]> text)
    {
        var now = Current;
        return (now.Id, SigningKeys.Sign(now.Key, text(now.Id)));
    }

    /// <summary>Takes up what other bridges on the store have done, and replaces a key that has reached its age.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            var keys = await store.ListSigningKeysAsync(cancellationToken);
            if (IsFromFile)
                await TakeFileAsync(keys, cancellationToken);
            else if (keys is not [{ PrivateKey: not null } newest, ..] || (IsDue(newest) && HasRoom(keys)))
                await ReplaceAsync(keys, cancellationToken);
            else
                Take(keys, SigningKeys.FromStore(newest.PrivateKey));
        }
        finally
        {
            turn.Release();
        }
    }

    /// <returns>The key that signs from now on.</returns>
    public async Task<StoredKey> RotateAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            return (await ReplaceAsync(await store.ListSigningKeysAsync(cancellationToken), cancellationToken))[0];
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose()
    {
        held?.Key.Dispose();
        turn.Dispose();
    }

    private bool IsDue(StoredKey newest) => clock.GetUtcNow() - newest.CreateTime >= options.RotateAfter;

    private bool HasRoom(IReadOnlyList<StoredKey> keys)
    {
        if (keys.Count < MaxKeys)
            return true;
        Log.Full(logger, MaxKeys);
        return false;
    }

    /// <summary>Where another bridge was first, its key is taken and the one made here is forgotten.</summary>
    private async Task<IReadOnlyList<StoredKey>> ReplaceAsync(IReadOnlyList<StoredKey> keys, CancellationToken cancellationToken)
    {
        var made = SigningKeys.New(clock.GetUtcNow());
        var after = await store.AddSigningKeyAsync(made, keys.Count == 0 ? null : keys[0].Id, cancellationToken);
        Take(after, SigningKeys.FromStore(after[0].PrivateKey!));
        return after;
    }

    private async Task TakeFileAsync(IReadOnlyList<StoredKey> keys, CancellationToken cancellationToken)
    {
        var key = SigningKeys.FromFile(options.KeyFile);
        var open = SigningKeys.PublicOf(key);
        var id = SigningKeys.IdOf(open);
        // Another bridge may put a key first at the same time; then the list is another one.
        while (!keys.Any(known => known.Id == id))
        {
            var stored = new StoredKey(id, clock.GetUtcNow(), open, PrivateKey: null);
            keys = await store.AddSigningKeyAsync(stored, keys.Count == 0 ? null : keys[0].Id, cancellationToken);
        }

        Take([.. keys.OrderByDescending(known => known.Id == id)], key);
    }

    private void Take(IReadOnlyList<StoredKey> keys, Key key)
    {
        var id = keys[0].Id;
        var before = held;
        if (before?.Id == id)
        {
            key.Dispose();
            key = before.Key;
        }
        else
        {
            Log.Signs(logger, id, keys.Count);
        }

        // A key that was replaced may still be in somebody's hand; the collector wipes it when it is not.
        held = new Held(id, key, [.. keys.Select(known => known with { PrivateKey = null })]);
    }

    private sealed record Held(string Id, Key Key, IReadOnlyList<StoredKey> Keys);

    private static partial class Log
    {
        [LoggerMessage(1300, LogLevel.Information, "Receipts are signed with key {KeyId}; {Count} public keys are served", EventName = "ReceiptKeyTaken")]
        public static partial void Signs(ILogger logger, string keyId, int count);

        [LoggerMessage(
            1301, LogLevel.Warning, "The receipt key is due for rotation, but {Max} keys are kept already; it stays in use", EventName = "ReceiptKeysFull")]
        public static partial void Full(ILogger logger, int max);
    }
}
