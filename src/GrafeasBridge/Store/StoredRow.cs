using System.Text.Json;
using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store;

/// <summary>The present row of an answer, by columns from 0.</summary>
internal interface IStoredRow
{
    bool IsNull(int column);

    long Number(int column);

    string Text(int column);

    byte[] Bytes(int column);
}

/// <summary>What both databases keep alike is read alike. Times are UTC ticks.</summary>
internal static class StoredRow
{
    public static long? NumberOrNull<TRow>(this TRow row, int column)
        where TRow : IStoredRow => row.IsNull(column) ? null : row.Number(column);

    public static string? TextOrNull<TRow>(this TRow row, int column)
        where TRow : IStoredRow => row.IsNull(column) ? null : row.Text(column);

    public static byte[]? BytesOrNull<TRow>(this TRow row, int column)
        where TRow : IStoredRow => row.IsNull(column) ? null : row.Bytes(column);

    public static DateTimeOffset Time<TRow>(this TRow row, int column)
        where TRow : IStoredRow => new(row.Number(column), TimeSpan.Zero);

    public static DateTimeOffset? TimeOrNull<TRow>(this TRow row, int column)
        where TRow : IStoredRow => row.IsNull(column) ? null : row.Time(column);

    /// <summary>A message from the column of its content and the next two, those of its original and of the sum over both.</summary>
    /// <exception cref="StoreException">Damaged: it is not what was stored.</exception>
    public static StoredMessage Message<TRow>(this TRow row, int column)
        where TRow : IStoredRow =>
        ContentSum.Check(new StoredMessage(row.Bytes(column), row.BytesOrNull(column + 1)), row.NumberOrNull(column + 2));

    /// <summary>Names of attributes, which are stored as JSON.</summary>
    public static string[] NamesOf<TRow>(this TRow row, int column)
        where TRow : IStoredRow => JsonSerializer.Deserialize<string[]>(row.Text(column))!;

    public static VersionCoordinates Coordinates<TRow>(this TRow row, int first)
        where TRow : IStoredRow => new(row.Text(first), row.Text(first + 1), row.Text(first + 2), row.Text(first + 3));

    /// <summary>A row of <c>VersionRows.Columns</c>.</summary>
    public static VersionRow Version<TRow>(TRow row)
        where TRow : IStoredRow => new(
        Sequence: row.Number(0),
        Target: row.Text(1),
        Coordinates: row.Coordinates(2),
        State: (DeliveryState)row.Number(6),
        Revision: row.Number(7),
        SettledRevision: row.Number(8),
        Attempts: (int)row.Number(9),
        NextAttempt: row.TimeOrNull(10),
        LastOutcome: row.Text(11),
        LastReason: row.Text(12),
        UpdateTime: row.Time(13),
        VerifiedTime: row.TimeOrNull(14),
        FailingSince: row.TimeOrNull(15));

    /// <summary>A row of <c>Checks.Columns</c>. Its times stay as the database counts them: they are only compared with the row.</summary>
    public static SettledVersion Settled<TRow>(TRow row, string target)
        where TRow : IStoredRow => new(
        Id: row.Number(0),
        Target: target,
        Coordinates: row.Coordinates(8),
        State: (DeliveryState)row.Number(1),
        Revision: row.Number(2),
        VerifiedTime: row.TimeOrNull(3),
        CheckAt: row.Time(4),
        ManagedNames: row.NamesOf(5),
        ReadBack: row.BytesOrNull(6) is { } digest ? new ReadBack(digest, row.NamesOf(7)) : null);

    public static StoredKey SigningKey<TRow>(TRow row)
        where TRow : IStoredRow => new(row.Text(0), row.Time(1), row.Bytes(2), row.BytesOrNull(3));
}
