using Microsoft.Extensions.Options;
using Npgsql;

namespace GrafeasBridge.Store;

/// <summary>What a range cannot say.</summary>
internal sealed class StoreOptionsRules : IValidateOptions<StoreOptions>
{
    public ValidateOptionsResult Validate(string? name, StoreOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        if (options.Provider == StoreOptions.Sqlite)
            CheckPath(options, errors);
        else if (options.Provider == StoreOptions.Postgres)
            CheckConnection(options, errors);
        else
            errors.AddError($"Store:Provider ({options.Provider}) is not known. Set it to {StoreOptions.Sqlite} or {StoreOptions.Postgres}.");
        return errors.Build();
    }

    private static void CheckPath(StoreOptions options, ValidateOptionsResultBuilder errors)
    {
        if (options.Path.Contains('\0', StringComparison.Ordinal))
            errors.AddError("Store:Path holds a NUL character. Set it to the path of a file.");
        else if (Directory.Exists(options.Path))
            errors.AddError($"Store:Path ({options.Path}) is a directory. Set it to the path of a file in it, such as {Path.Combine(options.Path, "bridge.db")}.");
        else if (options.Path == ":memory:" || options.Path.StartsWith("file:", StringComparison.Ordinal))
            errors.AddError($"Store:Path ({options.Path}) is a SQLite URI. Set it to the path of a file: the bridge keeps what it acknowledges.");
        if (options.Connection.Length > 0)
            errors.AddError("Store:Connection is for PostgreSQL, and Store:Provider is Sqlite. Set Store:Provider to Postgres, or remove Store:Connection.");
    }

    private static void CheckConnection(StoreOptions options, ValidateOptionsResultBuilder errors)
    {
        NpgsqlConnectionStringBuilder connection;
        try
        {
            connection = new NpgsqlConnectionStringBuilder(options.Connection);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException)
        {
            // Without the text, in which there may be a password, and without the message, which may repeat it.
            errors.AddError("Store:Connection is not understood. Set it in the form Host=db;Database=bridge;Username=bridge.");
            return;
        }

        if (!string.IsNullOrEmpty(connection.Password) || !string.IsNullOrEmpty(connection.Passfile))
            errors.AddError("Store:Connection holds a password. Put it into a file and set Store:PasswordFile to its path.");
        if (string.IsNullOrEmpty(connection.Host))
            errors.AddError("Store:Connection names no Host. Set it in the form Host=db;Database=bridge;Username=bridge.");
        if (string.IsNullOrEmpty(connection.Database) || string.IsNullOrEmpty(connection.Username))
            errors.AddError("Store:Connection names no Database or no Username. Set it in the form Host=db;Database=bridge;Username=bridge.");
        if (options.PasswordFile.Length > 0 && !File.Exists(options.PasswordFile))
            errors.AddError($"Store:PasswordFile ({options.PasswordFile}) is not there. Set it to a file with the password of {connection.Username}.");
    }
}
