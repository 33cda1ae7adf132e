using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace BintrayEmulator;

/// <summary>Settings of the emulator: configuration section <c>Emulator</c>, or filled in by the process that embeds it.</summary>
public sealed class EmulatorOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Emulator";

    /// <summary>
    /// Where to listen: <c>http://ADDRESS:PORT</c> with an IP address, <c>localhost</c> or <c>*</c>; port 0 picks a free one.
    /// Anything but loopback needs users.
    /// </summary>
    [Required]
    public string Listen { get; set; } = "http://127.0.0.1:8082";

    /// <summary>The SQLite file that holds repositories, packages, versions and attributes; made when it is missing.</summary>
    [Required]
    public string Path { get; set; } = "data/emulator.db";

    /// <summary>Who may write, by user name. Names are case-sensitive, as the service's were.</summary>
    public IDictionary<string, EmulatorUser> Users { get; } = new Dictionary<string, EmulatorUser>(StringComparer.Ordinal);

    /// <summary>A file with one <c>name:api-key</c> a line (<c>#</c> starts a comment); these users join <see cref="Users"/>.</summary>
    public string? UsersFile { get; set; }

    /// <summary>Opens <c>/_emulator/state</c>, <c>history</c> and <c>calls</c>. Off, they do not exist.</summary>
    public bool AdminEnabled { get; set; }

    /// <summary>
    /// A file with the key for <c>/_emulator</c>, sent as <c>Authorization: Bearer KEY</c>. Without it only callers on loopback may
    /// use those pages.
    /// </summary>
    public string? AdminKeyFile { get; set; }

    /// <summary>Keeps every state that a version's attributes ever had, in the same file: <c>/_emulator/history</c>.</summary>
    public bool History { get; set; }

    /// <summary>Most entries of the history; the oldest go when there are more, and the history says that it is truncated.</summary>
    [Range(1, 100_000_000)]
    public int HistoryLimit { get; set; } = 1_000_000;

    /// <summary>The length of the window in which <c>/_emulator/calls</c> reports the greatest number of calls.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan CallWindow { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Largest request body, in bytes; more is answered 413.</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int MaxBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>Most attributes one version or package may carry; more is answered 400.</summary>
    [Range(1, 100_000)]
    public int MaxAttributes { get; set; } = 1000;

    /// <summary>Most values one attribute may have; more is answered 400.</summary>
    [Range(1, 100_000)]
    public int MaxValues { get; set; } = 1000;

    /// <summary>Most connections held open at a time; further ones are closed at once.</summary>
    [Range(1, 100_000)]
    public int MaxConnections { get; set; } = 1000;

    /// <summary>Calls a caller may make in one <see cref="RateLimitWindow"/>, then 403; 0 is no limit and no headers.</summary>
    [Range(0, int.MaxValue)]
    public int RateLimit { get; set; }

    /// <summary>The length of a rate-limit window, counted from a caller's first call.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "31.00:00:00")]
    public TimeSpan RateLimitWindow { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Counts calls on the caller's own subjects too. The service did not, which leaves nothing to try the limit with.</summary>
    public bool RateLimitOwners { get; set; }
}

/// <summary>One user of the emulator.</summary>
public sealed class EmulatorUser
{
    /// <summary>The API key, the password of HTTP Basic. Prefer <see cref="ApiKeyFile"/> where the configuration is not secret.</summary>
    public string? ApiKey { get; set; }

    /// <summary>A file that holds the API key and nothing else.</summary>
    public string? ApiKeyFile { get; set; }

    /// <summary>The subjects (users or organisations) this user may write to. Empty: all of them.</summary>
    public IList<string> Subjects { get; } = [];
}

[OptionsValidator]
internal sealed partial class EmulatorOptionsValidator : IValidateOptions<EmulatorOptions>;
