using System.Security.Cryptography;

namespace GrafeasBridge.Store.Postgres;

/// <summary>The house.</summary>
internal sealed partial class PostgresStore
{
    private const int SecretBytes = 32;

    private const string FindSecret = "select value from secrets where name = $1";
    private const string AddSecret = "insert into secrets (name, value) values ($1, $2) on conflict do nothing";

    private const string ProveWrite =
        "insert into writes_proved (key, at) values (1, $1) on conflict (key) do update set at = excluded.at";

    public Task CheckWritableAsync(CancellationToken cancellationToken) =>
        WriteAsync(session => session.Use(ProveWrite).Add(session.Now).RunAsync(), cancellationToken);

    public async Task<byte[]> SharedSecretAsync(string name, CancellationToken cancellationToken)
    {
        // Mostly it is there; of bridges that make it at once the first to commit wins, and the others see its row.
        if (await ReadAsync(session => FindSecretAsync(session, name), cancellationToken) is { } known)
            return known;
        await WriteAsync(
            session => session.Use(AddSecret).Add(name).Add(RandomNumberGenerator.GetBytes(SecretBytes)).RunAsync(), cancellationToken);
        return (await ReadAsync(session => FindSecretAsync(session, name), cancellationToken))!;
    }

    public Task<IReadOnlyList<StoredKey>> ListSigningKeysAsync(CancellationToken cancellationToken) =>
        ReadAsync(SigningKeyRows.ListAsync, cancellationToken);

    public Task<IReadOnlyList<StoredKey>> AddSigningKeyAsync(StoredKey key, string? after, CancellationToken cancellationToken) =>
        WriteAsync(session => SigningKeyRows.AddAsync(session, key, after), cancellationToken);

    private static Task<byte[]?> FindSecretAsync(PostgresSession session, string name) =>
        session.Use(FindSecret).Add(name).FirstAsync(static row => row.Bytes(0));
}
