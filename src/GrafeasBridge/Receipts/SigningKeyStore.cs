using GrafeasBridge.Store;
using Microsoft.Extensions.Options;
using NSec.Cryptography;

namespace GrafeasBridge.Receipts;

/// <summary>
/// The signing keys of receipts: the current one, and the public parts of all earlier ones. The store holds them, so that every bridge
/// on it signs with the same key and serves the same list; this is a copy in memory, which <see cref="KeyRotation"/> refreshes.
/// </summary>
internal sealed partial class SigningKeyStore(
    IBridgeStore store, IOptions<ReceiptsOptions> settings, TimeProvider clock, ILogger<SigningKeyStore> logger) : IDisposable
{
    /// <summary>Keys that are ever served at most: a rotation every day for more than two years.</summary>
    public const int MaxKeys = 1000;

    private readonly ReceiptsOptions options = settings.Value;
    private readonly SemaphoreSlim gate = new(1);
    private volatile LoadedKeys? loaded;

    public bool IsFromFile => options.KeyFile.Length > 0;

    /// <summary>Newest first.</summary>
    public IReadOnlyList<StoredKey> Keys => Current.Keys;

    private LoadedKeys Current => loaded ?? throw new InvalidOperationException("The signing keys of receipts are read before the service listens.");

    /// <summary>Signs the text that <paramref name="text"/> makes of the key's id.</summary>
    public (string KeyId, byte[] Signature) Sign(Func<string, byte[]> text)
    {
        var now = Current;
        return (now.Id, SigningKeys.Sign(now.Key, text(now.Id)));
    }

    /// <summary>Reads what other bridges on the store have changed, and replaces a key that has reached its age.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            var keys = await store.ListSigningKeysAsync(cancellationToken);
            if (IsFromFile)
                await UseFileAsync(keys, cancellationToken);
            else if (keys is not [{ PrivateKey: not null } newest, ..] || (IsDue(newest) && HasRoom(keys)))
                await ReplaceAsync(keys, cancellationToken);
            else
                Use(keys, SigningKeys.FromStore(newest.PrivateKey));
        }
        finally
        {
            gate.Release();
        }
    }

    /// <returns>The key that signs from now on.</returns>
    public async Task<StoredKey> RotateAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            return (await ReplaceAsync(await store.ListSigningKeysAsync(cancellationToken), cancellationToken))[0];
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose()
    {
        loaded?.Key.Dispose();
        gate.Dispose();
    }

    private bool IsDue(StoredKey newest) => clock.GetUtcNow() - newest.CreateTime >= options.RotateAfter;

    private bool HasRoom(IReadOnlyList<StoredKey> keys)
    {
        if (keys.Count < MaxKeys)
            return true;
        Log.Full(logger, MaxKeys);
        return false;
    }

    /// <summary>When another bridge added a key first, that key is used and the one made here is dropped.</summary>
    private async Task<IReadOnlyList<StoredKey>> ReplaceAsync(IReadOnlyList<StoredKey> keys, CancellationToken cancellationToken)
    {
        var made = SigningKeys.New(clock.GetUtcNow());
        var after = await store.AddSigningKeyAsync(made, keys.Count == 0 ? null : keys[0].Id, cancellationToken);
        Use(after, SigningKeys.FromStore(after[0].PrivateKey!));
        return after;
    }

    private async Task UseFileAsync(IReadOnlyList<StoredKey> keys, CancellationToken cancellationToken)
    {
        var key = SigningKeys.FromFile(options.KeyFile);
        var open = SigningKeys.PublicOf(key);
        var id = SigningKeys.IdOf(open);
        // Another bridge may add a key at the same time; then the list has changed, and the addition is tried again.
        while (!keys.Any(known => known.Id == id))
        {
            var stored = new StoredKey(id, clock.GetUtcNow(), open, PrivateKey: null);
            keys = await store.AddSigningKeyAsync(stored, keys.Count == 0 ? null : keys[0].Id, cancellationToken);
        }

        Use([.. keys.OrderByDescending(known => known.Id == id)], key);
    }

    private void Use(IReadOnlyList<StoredKey> keys, Key key)
    {
        var id = keys[0].Id;
        var before = loaded;
        if (before?.Id == id)
        {
            key.Dispose();
            key = before.Key;
        }
        else
        {
            Log.Signs(logger, id, keys.Count);
        }

        // A replaced key may still be signing in another thread, so it is not disposed here: its finalizer wipes it.
        loaded = new LoadedKeys(id, key, [.. keys.Select(known => known with { PrivateKey = null })]);
    }

    private sealed record LoadedKeys(string Id, Key Key, IReadOnlyList<StoredKey> Keys);

    private static partial class Log
    {
        [LoggerMessage(1300, LogLevel.Information, "Receipts are signed with key {KeyId}; {Count} public keys are served", EventName = "ReceiptKeyTaken")]
        public static partial void Signs(ILogger logger, string keyId, int count);

        [LoggerMessage(
            1301, LogLevel.Warning, "The receipt key is due for rotation, but {Max} keys are kept already; it stays in use", EventName = "ReceiptKeysFull")]
        public static partial void Full(ILogger logger, int max);
    }
}
