namespace GrafeasBridge.Store.Postgres;

/// <summary>The keys of receipts. Only the newest keeps its private part.</summary>
internal static class SigningKeyRows
{
    private const string All = "select id, create_time, public_key, private_key from signing_keys order by seq desc";

    // Readers go on; of two bridges that make a key at once the second sees that of the first.
    private const string Lock = "lock table signing_keys in share row exclusive mode";

    private const string Wipe = "update signing_keys set private_key = null where id = $1";

    private const string Insert = "insert into signing_keys (id, create_time, public_key, private_key) values ($1, $2, $3, $4)";

    public static async Task<IReadOnlyList<StoredKey>> ListAsync(PostgresSession session) =>
        await session.Use(All).AllAsync(StoredRow.SigningKey);

    public static async Task<IReadOnlyList<StoredKey>> AddAsync(PostgresSession session, StoredKey key, string? after)
    {
        await session.Use(Lock).RunAsync();
        var keys = await ListAsync(session);
        if ((keys.Count == 0 ? null : keys[0].Id) != after)
            return keys;
        // All before it have lost theirs already.
        if (after is not null)
            await session.Use(Wipe).Add(after).RunAsync();
        await session.Use(Insert).Add(key.Id).Add(key.CreateTime).Add(key.PublicKey).Add(key.PrivateKey).RunAsync();
        return await ListAsync(session);
    }
}
