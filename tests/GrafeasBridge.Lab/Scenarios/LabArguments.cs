using System.Globalization;
using GrafeasBridge.Lab.Host;

namespace GrafeasBridge.Lab.Scenarios;

/// <summary>What the command line asks for.</summary>
internal sealed record LabArguments
{
    public const string Usage =
        """
        bash tests/lab.sh [--short|--full] [--scenario NAME]... [--seed N] [--rounds N] [--replicas N] [--mutant NAME] [--results FOLDER] [--list]
        """;

    public bool IsFull { get; init; }

    public int Seed { get; init; }

    /// <summary>Takes the place of the number of rounds, builds or versions that the form has.</summary>
    public int? Rounds { get; init; }

    /// <summary>How many bridges share one PostgreSQL; 0 for one bridge on a file.</summary>
    public int Replicas { get; init; }

    public Mutant Mutant { get; init; }

    public bool OnlyLists { get; init; }

    /// <summary>Names of scenarios; empty for all.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Where the report goes; null for nowhere.</summary>
    public string? Results { get; init; }

    /// <exception cref="FormatException">With what is wrong.</exception>
    public static LabArguments Parse(IReadOnlyList<string> args)
    {
        var parsed = new LabArguments { Seed = Random.Shared.Next() };
        for (var i = 0; i < args.Count; i++)
        {
            parsed = args[i] switch
            {
                "--short" => parsed with { IsFull = false },
                "--full" => parsed with { IsFull = true },
                "--list" => parsed with { OnlyLists = true },
                "--scenario" => parsed with { Names = [.. parsed.Names, Value(args, ++i)] },
                "--seed" => parsed with { Seed = Number(args, ++i) },
                "--rounds" => parsed with { Rounds = Number(args, ++i) },
                "--replicas" => parsed with { Replicas = Number(args, ++i) },
                "--results" => parsed with { Results = Value(args, ++i) },
                "--mutant" => parsed with { Mutant = Enum.Parse<Mutant>(Value(args, ++i)) },
                _ => throw new FormatException($"'{args[i]}' is not understood.\n{Usage}"),
            };
        }

        return parsed;
    }

    /// <summary>The command that makes the same run again.</summary>
    public string Again(string scenario) => string.Create(
        CultureInfo.InvariantCulture,
        $"bash tests/lab.sh --{(IsFull ? "full" : "short")} --scenario {scenario} --seed {Seed}{(Rounds is { } n ? $" --rounds {n}" : "")}{(Replicas > 0 ? $" --replicas {Replicas}" : "")}{(Mutant == Mutant.None ? "" : $" --mutant {Mutant}")}");

    private static string Value(IReadOnlyList<string> args, int at) =>
        at < args.Count ? args[at] : throw new FormatException($"{args[at - 1]} needs a value.\n{Usage}");

    private static int Number(IReadOnlyList<string> args, int at) =>
        int.TryParse(Value(args, at), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"{args[at - 1]} is '{args[at]}'; it needs a whole number.");
}
