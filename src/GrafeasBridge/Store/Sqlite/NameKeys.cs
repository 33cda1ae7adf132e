using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store.Sqlite;

/// <summary>
/// Keys of names: a name is written once and then stands as a number wherever it would be repeated. Names are never removed,
/// so that a note or a project that is deleted and made again finds its occurrences.
/// </summary>
internal static class NameKeys
{
    private static readonly Sql FindProject = new("select key from project_names where name = ?");
    private static readonly Sql AddProject = new("insert into project_names (name) values (?)");
    private static readonly Sql FindNote = new("select key from note_names where project = ? and id = ?");
    private static readonly Sql AddNote = new("insert into note_names (project, id) values (?, ?)");
    private static readonly Sql FindPackage = new("select key from packages where subject = ? and repo = ? and package = ?");
    private static readonly Sql AddPackage = new("insert into packages (subject, repo, package) values (?, ?, ?)");
    private static readonly Sql FindCoordinate = new("select key from coordinates where package = ? and version = ?");
    private static readonly Sql AddCoordinate = new("insert into coordinates (package, version) values (?, ?)");
    private static readonly Sql FindDigest = new("select key from digests where digest = ?");
    private static readonly Sql AddDigest = new("insert into digests (digest) values (?)");

    public static long Project(WriteSession session, string project)
    {
        if (session.ProjectKeys.TryGet(project, out var key))
            return key;
        key = session.Use(FindProject).Add(project).RunForNumber()
            ?? Insert(session.Database, session.Use(AddProject).Add(project));
        return session.ProjectKeys.Keep(project, key);
    }

    /// <summary>The key of a project that has been named before; makes none.</summary>
    public static long? KnownProject(WriteSession session, string project)
    {
        if (session.ProjectKeys.TryGet(project, out var key))
            return key;
        return Project(session.Database, project) is { } known ? session.ProjectKeys.Keep(project, known) : null;
    }

    public static long Note(WriteSession session, long project, string id) =>
        session.Use(FindNote).Add(project).Add(id).RunForNumber()
        ?? Insert(session.Database, session.Use(AddNote).Add(project).Add(id));

    public static long Package(WriteSession session, PackageCoordinates package)
    {
        var name = (package.Subject, package.Repo, package.Package);
        if (session.PackageKeys.TryGet(name, out var key))
            return key;
        key = Package(session.Database, package)
            ?? Insert(session.Database, session.Use(AddPackage).Add(package.Subject).Add(package.Repo).Add(package.Package));
        return session.PackageKeys.Keep(name, key);
    }

    public static long Coordinate(WriteSession session, long package, string version)
    {
        if (session.CoordinateKeys.TryGet((package, version), out var key))
            return key;
        key = session.Use(FindCoordinate).Add(package).Add(version).RunForNumber()
            ?? Insert(session.Database, session.Use(AddCoordinate).Add(package).Add(version));
        return session.CoordinateKeys.Keep((package, version), key);
    }

    public static long Coordinate(WriteSession session, VersionCoordinates version) =>
        Coordinate(session, Package(session, version.InPackage), version.Version);

    public static long Digest(WriteSession session, string digest) => Digest(session, digest, out _);

    /// <param name="isNew">True when nobody has named the digest before: then nothing refers to it.</param>
    public static long Digest(WriteSession session, string digest, out bool isNew)
    {
        isNew = false;
        if (session.DigestKeys.TryGet(digest, out var key))
            return key;
        var known = Digest(session.Database, digest);
        isNew = known is null;
        return session.DigestKeys.Keep(digest, known ?? Insert(session.Database, session.Use(AddDigest).Add(digest)));
    }

    // Asked without making them.

    public static long? Project(SqliteDatabase database, string project) =>
        database.Use(FindProject).Add(project).RunForNumber();

    public static long? Note(SqliteDatabase database, long project, string id) =>
        database.Use(FindNote).Add(project).Add(id).RunForNumber();

    public static long? Package(SqliteDatabase database, PackageCoordinates package) =>
        database.Use(FindPackage).Add(package.Subject).Add(package.Repo).Add(package.Package).RunForNumber();

    public static long? Digest(SqliteDatabase database, string digest) => database.Use(FindDigest).Add(digest).RunForNumber();

    public static long? Coordinate(SqliteDatabase database, VersionCoordinates version) =>
        Package(database, version.InPackage) is { } package
            ? database.Use(FindCoordinate).Add(package).Add(version.Version).RunForNumber()
            : null;

    private static long Insert(SqliteDatabase database, SqliteStatement insert)
    {
        insert.Run();
        return database.LastInsertId;
    }
}
