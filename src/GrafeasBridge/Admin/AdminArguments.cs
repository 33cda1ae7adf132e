namespace GrafeasBridge.Admin;

/// <summary>The command line behind <c>admin</c>: a verb, its own options, and settings of the service.</summary>
internal sealed class AdminArguments
{
    public const string Help =
        """
        admin migrate [--check]          brings the store to this program's schema; with --check only says whether that is needed
        admin copy --from STORE --to STORE   copies a store into an empty one of the other kind; run again it goes on where it was
        admin backup --to FILE           copies the SQLite store into a file, while a bridge uses it
        admin restore --from FILE        makes the SQLite store from such a file, where none is

        STORE is sqlite:PATH or postgres:Host=...;Database=...;Username=..., or sqlite or postgres alone for what the settings
        say. The store is that of the service's settings: appsettings.json, environment, --Store:Path=..., --Store:PasswordFile=...

        Exit codes: 0 done; 2 bad input; 3 refused, or steps to be taken; 4 not reachable or in use; 6 the store cannot be used
        as it is (newer, damaged, another program's, an unfinished copy); 130 interrupted.
        """;

    private static readonly Dictionary<string, string[]> Verbs = new(StringComparer.Ordinal)
    {
        ["migrate"] = ["--check"],
        ["copy"] = ["--from", "--to"],
        ["backup"] = ["--to"],
        ["restore"] = ["--from"],
    };

    private readonly Dictionary<string, string> options = new(StringComparer.Ordinal);

    private AdminArguments(string verb) => Verb = verb;

    public string Verb { get; }

    public bool Check { get; private set; }

    /// <summary>What is said of settings, as the service takes it.</summary>
    public List<string> Settings { get; } = [];

    /// <returns>Null when help is asked for.</returns>
    /// <exception cref="AdminException">Something is not understood.</exception>
    public static AdminArguments? Parse(IReadOnlyList<string> words)
    {
        if (words.Count == 0 || words.Any(word => word is "--help" or "-h"))
            return null;
        if (!Verbs.TryGetValue(words[0], out var allowed))
            throw AdminException.BadInput($"'admin {words[0]}' is not known. There are: {string.Join(", ", Verbs.Keys)}.");
        var arguments = new AdminArguments(words[0]);
        for (var i = 1; i < words.Count;)
            i = arguments.Take(words, i, allowed);
        foreach (var option in allowed.Where(option => option != "--check" && !arguments.options.ContainsKey(option)))
            throw AdminException.BadInput($"'admin {words[0]}' needs {option}. 'admin --help' shows what there is.");
        return arguments;
    }

    public string Option(string name) => options[name];

    private int Take(IReadOnlyList<string> words, int at, string[] allowed)
    {
        var (word, value) = Split(words[at]);
        var isSetting = word.StartsWith("--", StringComparison.Ordinal) && word.Contains(':', StringComparison.Ordinal);
        if (!isSetting && !allowed.Contains(word))
            throw AdminException.BadInput($"'{words[at]}' is not understood after 'admin {Verb}'. 'admin --help' shows what there is.");
        if (word == "--check")
        {
            Check = value is null ? true : throw AdminException.BadInput("'--check' takes no value.");
            return at + 1;
        }

        var next = value is null ? at + 2 : at + 1;
        value ??= at + 1 < words.Count ? words[at + 1] : throw AdminException.BadInput($"'{word}' needs a value.");
        if (value.Length == 0)
            throw AdminException.BadInput($"'{word}' needs a value.");
        if (isSetting)
            Settings.Add($"{word}={value}");
        else if (!options.TryAdd(word, value))
            throw AdminException.BadInput($"'{word}' is given twice.");
        return next;
    }

    private static (string Word, string? Value) Split(string word) =>
        word.IndexOf('=', StringComparison.Ordinal) is > 0 and var end ? (word[..end], word[(end + 1)..]) : (word, null);
}
