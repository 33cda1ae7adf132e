namespace GrafeasBridge.Store.Postgres;

/// <summary>The bytes that occurrences were read from, beside those occurrences.</summary>
internal static class Uploads
{
    internal const string Insert =
        """
        insert into uploads (project, gitoid, create_time, content)
        select project, gitoid, create_time, content from unnest($1, $2, $3, $4) n (project, gitoid, create_time, content)
        order by project, gitoid collate "C" on conflict (project, gitoid) do nothing
        """;

    private const string ContentOf = $"select content from uploads where project = {NameCommands.Project} and gitoid = $2";

    public static void AddTo(PostgresBatch batch, List<NewUpload> uploads, NameKeys names)
    {
        if (uploads.Count == 0)
            return;
        batch.Do(Insert)
            .Add(uploads.ConvertAll(upload => names.Project(upload.Project)).ToArray())
            .Add(uploads.ConvertAll(static upload => (string?)upload.Gitoid).ToArray())
            .Add(uploads.ConvertAll(static upload => upload.CreateTime.UtcTicks).ToArray())
            .Add(uploads.ConvertAll(static upload => (byte[]?)upload.Content).ToArray());
    }

    public static Task<byte[]?> ContentAsync(PostgresSession session, string project, string gitoid) =>
        session.Use(ContentOf).Add(project).Add(gitoid).FirstAsync(static row => row.Bytes(0));
}
