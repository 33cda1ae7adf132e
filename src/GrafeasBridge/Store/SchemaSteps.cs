namespace GrafeasBridge.Store;

/// <summary>Steps that are the same for every database, since tables and columns are.</summary>
internal static class SchemaSteps
{
    /// <summary>One word for whatever is missing, and the names that outcomes have today. What was missing is said by the reason beside it.</summary>
    public const string RenamedOutcomes = """
        update versions set outcome = case outcome
            when 'Garbled' then 'MalformedResponse'
            when 'NotAsWritten' then 'ReadBackMismatch'
            when 'Damaged' then 'CorruptOccurrence'
            when 'StoppedProcess' then 'CrashLoop'
            when 'Deleted' then 'RemovedAtTarget'
            else 'Missing' end
        where outcome in (
            'SubjectMissing', 'RepoMissing', 'PackageMissing', 'VersionMissing', 'Garbled', 'NotAsWritten', 'Damaged', 'StoppedProcess', 'Deleted');
        """;

    /// <summary>
    /// Packages by the names that they have in the world. No name held a slash before, so two never become one. Reasons keep the words in
    /// which they were said.
    /// </summary>
    public const string PackagesWithSlashes = "update packages set package = replace(package, ':', '/') where package like '%:%';";
}
