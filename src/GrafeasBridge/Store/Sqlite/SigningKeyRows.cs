namespace GrafeasBridge.Store.Sqlite;

/// <summary>The keys of receipts. Only the newest keeps its private part.</summary>
internal static class SigningKeyRows
{
    internal static readonly Sql All = new("select id, create_time, public_key, private_key from signing_keys order by seq desc");

    private static readonly Sql Wipe = new("update signing_keys set private_key = null where id = ?");

    private static readonly Sql Insert = new("insert into signing_keys (id, create_time, public_key, private_key) values (?, ?, ?, ?)");

    public static List<StoredKey> List(SqliteDatabase database) => database.Use(All).All(StoredRow.SigningKey);

    public static List<StoredKey> Add(WriteSession session, StoredKey key, string? after)
    {
        var keys = List(session.Database);
        if ((keys.Count == 0 ? null : keys[0].Id) != after)
            return keys;
        // All before it have lost theirs already.
        if (after is not null)
            session.Use(Wipe).Add(after).Run();
        session.Use(Insert).Add(key.Id).Add(key.CreateTime).Add(key.PublicKey).AddOrNull(key.PrivateKey).Run();
        return List(session.Database);
    }
}
