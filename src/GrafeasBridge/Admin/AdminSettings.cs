using GrafeasBridge.Store;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Admin;

/// <summary>The settings of the store, from where the service has them.</summary>
internal sealed class AdminSettings
{
    private const string SqliteWord = "sqlite";
    private const string PostgresWord = "postgres";
    private readonly ConfigurationManager configuration;

    public AdminSettings(IEnumerable<string> given) =>
        configuration = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            Args = [.. given],
            ContentRootPath = AppContext.BaseDirectory,
        }).Configuration;

    /// <summary>The store that the service would open.</summary>
    /// <exception cref="AdminException">A setting is wrong.</exception>
    public StoreOptions Store() => Checked(Bound());

    /// <summary>A store named on the command line; what the name leaves open is as the settings say.</summary>
    /// <exception cref="AdminException">It is not understood.</exception>
    public StoreOptions Store(string option, string name)
    {
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        var (word, rest) = colon < 0 ? (name, null) : (name[..colon], name[(colon + 1)..]);
        var options = Bound();
        if (word == SqliteWord)
            (options.Provider, options.Path, options.Connection) = (StoreOptions.Sqlite, rest ?? options.Path, "");
        else if (word == PostgresWord)
            (options.Provider, options.Connection) = (StoreOptions.Postgres, rest ?? options.Connection);
        else // Not the text itself: it may hold a password.
            throw AdminException.BadInput($"{option} is not understood. Say sqlite:PATH or postgres:Host=db;Database=bridge;Username=bridge.");
        return Checked(options);
    }

    private StoreOptions Bound()
    {
        try
        {
            var options = new StoreOptions();
            configuration.GetSection(StoreOptions.Section).Bind(options);
            return options;
        }
        catch (InvalidOperationException e) when (e.Source == "Microsoft.Extensions.Configuration.Binder")
        {
            throw AdminException.BadInput(e.Message);
        }
    }

    private static StoreOptions Checked(StoreOptions options)
    {
        IValidateOptions<StoreOptions>[] rules = [new StoreOptionsValidator(), new StoreOptionsRules()];
        string[] wrong = [.. rules.Select(rule => rule.Validate(null, options)).Where(found => found.Failed).SelectMany(found => found.Failures ?? [])];
        return wrong.Length == 0 ? options : throw AdminException.BadInput(string.Join('\n', wrong));
    }
}
