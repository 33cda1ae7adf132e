using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Store;

/// <summary>Section <c>Store</c>: where occurrences and versions are kept.</summary>
internal sealed class StoreOptions
{
    public const string Section = "Store";

    public const string Sqlite = "Sqlite";

    public const string Postgres = "Postgres";

    /// <summary>The database: <c>Sqlite</c>, embedded, for one bridge; <c>Postgres</c>, for as many as are wanted.</summary>
    [Required]
    public string Provider { get; set; } = Sqlite;

    /// <summary>
    /// Where PostgreSQL is, in Npgsql's words: <c>Host=db;Database=bridge;Username=bridge</c>. Without a password, and with
    /// <c>SSL Mode=VerifyFull</c> unless it says otherwise or the host is this one.
    /// </summary>
    public string Connection { get; set; } = "";

    /// <summary>File with the password of PostgreSQL; read for every new connection, so that it can be changed. Empty for none.</summary>
    public string PasswordFile { get; set; } = "";

    /// <summary>Connections to PostgreSQL that one bridge opens at most.</summary>
    [SettingRange(4, 1000)]
    public int MaxConnections { get; set; } = 20;

    /// <summary>
    /// Leases and due times are counted by PostgreSQL's clock, so that bridges whose clocks stand apart agree; false counts them by the
    /// clock of each bridge.
    /// </summary>
    public bool DatabaseTime { get; set; } = true;

    /// <summary>Of Sqlite: the database file; its directory is made when missing. Beside it lie its log (-wal), index (-shm) and lock.</summary>
    [Required]
    public string Path { get; set; } = "data/bridge.db";

    /// <summary>Writes that may wait for the writer; more are refused as overloaded.</summary>
    [SettingRange(1, 1_000_000)]
    public int MaxQueuedWrites { get; set; } = 4096;

    /// <summary>Bytes of notes and occurrences that may wait for the writer; more are refused as overloaded.</summary>
    [SettingRange(1L << 20, 1L << 40)]
    public long MaxQueuedBytes { get; set; } = 256L << 20;

    /// <summary>Size at which the write-ahead log is emptied before anything more is written, unless a reader is still in it.</summary>
    [SettingRange(1L << 20, 1L << 40)]
    public long MaxWalBytes { get; set; } = 64L << 20;

    /// <summary>
    /// A database up to this size is checked as a whole at start, tables against indexes, and refused when it is damaged; 0 checks none.
    /// It takes about a second for each 64 MiB.
    /// </summary>
    [SettingRange(0, 1L << 40)]
    public long MaxCheckedBytes { get; set; } = 64L << 20;

    /// <summary>Connections for reading, each with its own cache.</summary>
    [SettingRange(1, 64)]
    public int Readers { get; set; } = 4;
}

/// <summary>Ranges of single settings.</summary>
[OptionsValidator]
internal sealed partial class StoreOptionsValidator : IValidateOptions<StoreOptions>;
