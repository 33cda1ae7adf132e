namespace GrafeasBridge.Store.Sqlite;

/// <summary>The bytes that occurrences were read from, beside those occurrences.</summary>
internal static class Uploads
{
    private static readonly Sql Insert = new(
        "insert into uploads (project, gitoid, create_time, content) values (?, ?, ?, ?) on conflict (project, gitoid) do nothing");

    internal static readonly Sql ContentOf = new("select content from uploads where project = ? and gitoid = ?");

    /// <summary>Stores occurrences and, when they were uploaded, the upload. Occurrences are first: only they can be refused.</summary>
    public static IReadOnlyList<AddedOccurrence> Add(
        WriteSession session, IReadOnlyList<NewOccurrence> occurrences, byte[][] digests, NewUpload? upload)
    {
        var added = Occurrences.Add(session, occurrences, digests);
        if (upload is not null)
        {
            var project = Names.Project(session, upload.Project);
            session.Use(Insert).Add(project).Add(upload.Gitoid).Add(upload.CreateTime).Add(upload.Content).Run();
        }

        return added;
    }

    public static byte[]? Content(SqliteDatabase database, string project, string gitoid) =>
        Names.Project(database, project) is { } key
            ? database.Use(ContentOf).Add(key).Add(gitoid).RunForBytes()
            : null;
}
