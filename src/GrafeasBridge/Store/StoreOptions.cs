using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Store;

/// <summary>Section <c>Store</c>: where occurrences and versions are kept.</summary>
internal sealed class StoreOptions
{
    public const string Section = "Store";

    public const string Sqlite = "Sqlite";

    /// <summary>The database: <c>Sqlite</c>, embedded, for one bridge.</summary>
    [Required]
    public string Provider { get; set; } = Sqlite;

    /// <summary>The database file; its directory is made when missing. Beside it lie its log (-wal), index (-shm) and lock.</summary>
    [Required]
    public string Path { get; set; } = "data/bridge.db";

    /// <summary>Writes that may wait for the writer; more are refused as overloaded.</summary>
    [Range(1, 1_000_000)]
    public int MaxQueuedWrites { get; set; } = 4096;

    /// <summary>Bytes of notes and occurrences that may wait for the writer; more are refused as overloaded.</summary>
    [Range(1L << 20, 1L << 40)]
    public long MaxQueuedBytes { get; set; } = 256L << 20;

    /// <summary>Size at which the write-ahead log is emptied before anything more is written, unless a reader is still in it.</summary>
    [Range(1L << 20, 1L << 40)]
    public long MaxWalBytes { get; set; } = 64L << 20;

    /// <summary>
    /// A database up to this size is checked as a whole at start, tables against indexes, and refused when it is damaged; 0 checks none.
    /// It takes about a second for each 64 MiB.
    /// </summary>
    [Range(0, 1L << 40)]
    public long MaxCheckedBytes { get; set; } = 64L << 20;

    /// <summary>Connections for reading, each with its own cache.</summary>
    [Range(1, 64)]
    public int Readers { get; set; } = 4;
}

/// <summary>Ranges of single settings.</summary>
[OptionsValidator]
internal sealed partial class StoreOptionsValidator : IValidateOptions<StoreOptions>;

/// <summary>What a range cannot say.</summary>
internal sealed class StoreOptionsRules : IValidateOptions<StoreOptions>
{
    public ValidateOptionsResult Validate(string? name, StoreOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        if (options.Provider != StoreOptions.Sqlite)
            errors.AddError($"Store:Provider ({options.Provider}) is not known. Set it to {StoreOptions.Sqlite}.");
        if (options.Path.Contains('\0', StringComparison.Ordinal))
            errors.AddError("Store:Path holds a NUL character. Set it to the path of a file.");
        else if (Directory.Exists(options.Path))
            errors.AddError($"Store:Path ({options.Path}) is a directory. Set it to the path of a file in it, such as {System.IO.Path.Combine(options.Path, "bridge.db")}.");
        else if (options.Path == ":memory:" || options.Path.StartsWith("file:", StringComparison.Ordinal))
            errors.AddError($"Store:Path ({options.Path}) is a SQLite URI. Set it to the path of a file: the bridge keeps what it acknowledges.");
        return errors.Build();
    }
}
