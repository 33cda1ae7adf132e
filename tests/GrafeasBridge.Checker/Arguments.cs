using System.Globalization;

namespace GrafeasBridge.Checker;

/// <summary>What the command line says.</summary>
internal sealed record Arguments
{
    public const string Usage =
        "GrafeasBridge.Checker --journal FILE... (--target URL | --state FILE) [--history URL|FILE] [--keys URL|FILE] [--json FILE] " +
        "[--skew MS] [--proofs-by signed|told] [--max-values N] [--mapping default]";

    public List<string> Journals { get; } = [];

    public Uri? Target { get; private set; }

    public string? State { get; private set; }

    public string? History { get; private set; }

    public string? Keys { get; private set; }

    public string? Json { get; private set; }

    public TimeSpan Skew { get; private set; }

    /// <summary>Proofs must be true when they came to the asker; when they say that they were signed, unless the service's clock is off.</summary>
    public bool TrustsProofTimes { get; private set; } = true;

    public int MaxValues { get; private set; } = 256;

    /// <exception cref="BadInputException">It cannot be meant.</exception>
    public static Arguments Parse(IReadOnlyList<string> given)
    {
        var arguments = new Arguments();
        for (var i = 0; i < given.Count;)
        {
            var option = given[i++];
            if (i == given.Count || given[i].StartsWith("--", StringComparison.Ordinal))
                throw new BadInputException($"'{option}' needs a value. {Usage}");
            arguments.Set(option, given[i++]);
            for (; option == "--journal" && i < given.Count && !given[i].StartsWith("--", StringComparison.Ordinal); i++)
                arguments.Journals.Add(given[i]);
        }

        if (arguments.Journals.Count == 0 || (arguments.Target is null) == (arguments.State is null))
            throw new BadInputException($"It needs a journal, and either --target or --state. {Usage}");
        return arguments;
    }

    public static Uri? Web(string place) =>
        Uri.TryCreate(place, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : null;

    private void Set(string option, string value)
    {
        switch (option)
        {
            case "--journal":
                Journals.Add(value);
                break;
            case "--target":
                Target = Web(value) ?? throw new BadInputException($"--target is '{value}', which is no http address.");
                break;
            case "--state":
                State = value;
                break;
            case "--history":
                History = value;
                break;
            case "--keys":
                Keys = value;
                break;
            case "--json":
                Json = value;
                break;
            case "--skew":
                Skew = TimeSpan.FromMilliseconds(Number(option, value, 0, 86_400_000));
                break;
            case "--proofs-by" when value is "signed" or "told":
                TrustsProofTimes = value == "signed";
                break;
            case "--max-values":
                MaxValues = Number(option, value, 1, 10_000);
                break;
            case "--mapping" when value == "default":
                break;
            default:
                throw new BadInputException($"'{option} {value}' is not known. {Usage}");
        }
    }

    private static int Number(string option, string value, int low, int high) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= low && number <= high
            ? number
            : throw new BadInputException($"{option} is '{value}'; it is {low} to {high}.");
}
