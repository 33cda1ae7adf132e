namespace GrafeasBridge.Tests.Admin;

/// <summary>A version for each outcome whose name has changed, and for some whose name has not.</summary>
internal static class RenamedOutcomes
{
    private static readonly (string Then, string Today)[] Names =
    [
        ("SubjectMissing", "Missing"), ("RepoMissing", "Missing"), ("PackageMissing", "Missing"), ("VersionMissing", "Missing"),
        ("Garbled", "MalformedResponse"), ("NotAsWritten", "ReadBackMismatch"), ("Damaged", "CorruptOccurrence"),
        ("StoppedProcess", "CrashLoop"), ("Deleted", "RemovedAtTarget"), ("Rejected", "Rejected"), ("Drifted", "Drifted"),
    ];

    public static IEnumerable<string> Today => Names.Select(name => name.Today);

    /// <summary>Rows of the tables of a version, in the words of then: versions "old 0" and so on of the package, which is there.</summary>
    public static string Insert(int package) => string.Concat(Names.Select((name, i) =>
        $"""
        insert into coordinates (key, package, version) values ({100 + i}, {package}, 'old {i}');
        insert into versions (target, coordinate, package, state, revision, settled, attempts, update_time, owned, outcome, reason)
            values (1, {100 + i}, {package}, 4, 1, 0, 1, 5000, '[]', '{name.Then}', 'It was so.');

        """));
}
