namespace GrafeasBridge.Store.Postgres;

/// <summary>What a database must guarantee before anything that it has committed is acknowledged.</summary>
internal static class PostgresRequirements
{
    private const string Broken =
        """
        select case
            when pg_is_in_recovery() then 'it is a standby, which takes no writes; name the primary in Store:Connection'
            when current_setting('fsync') = 'off' then 'its fsync is off, so that it may lose what it has acknowledged; switch it on'
            when current_setting('full_page_writes') = 'off' then 'its full_page_writes is off, so that a power cut may damage it; switch it on'
            when current_setting('synchronous_commit') in ('off', 'false') then 'its synchronous_commit is off for this user; switch it on'
            when current_setting('server_encoding') <> 'UTF8' then 'its encoding is ' || current_setting('server_encoding') || '; make a database in UTF8'
            when current_schema() is null then 'the schema of its Search Path is not there; make it'
        end
        """;

    /// <exception cref="StoreException">Broken, with what it does not guarantee.</exception>
    public static async Task CheckAsync(PostgresSession session)
    {
        if (await session.Use(Broken).FirstAsync(static row => row.TextOrNull(0) ?? "") is { Length: > 0 } why)
            throw new StoreException(StoreFailure.Broken, $"The database cannot be used: {why}.");
    }
}
