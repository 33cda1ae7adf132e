using System.Runtime.InteropServices;
using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store.Postgres;

/// <summary>A version's name: its own key and that of its package.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CoordinateKey(long Key, long Package);

/// <summary>
/// Keys that one writer knows. Names are never removed, so that what was committed once holds for good.
/// </summary>
internal sealed class KnownNames
{
    public KeyCache<string, long> Projects { get; } = new();

    public KeyCache<PackageCoordinates, long> Packages { get; } = new();

    public KeyCache<VersionCoordinates, CoordinateKey> Coordinates { get; } = new();

    public KeyCache<string, long> Digests { get; } = new();
}

/// <summary>
/// Keys of the names that one transaction needs: a name is written once and then stands as a number wherever it would be repeated. First
/// every name is wanted; <see cref="Ask"/> makes and finds those that nobody here knows, whole sets at a time; then their keys are there. Names
/// are made kind by kind, and in order within a kind, so that two transactions that make the same do not wait in a circle.
/// </summary>
internal sealed class Names(KnownNames known)
{
    private readonly Kind<string> projects = new(StringComparer.Ordinal);
    private readonly Kind<PackageCoordinates, long> packages = new(null);
    private readonly Kind<VersionCoordinates, CoordinateKey> coordinates = new(null);
    private readonly Kind<string> digests = new(StringComparer.Ordinal);
    private readonly HashSet<long> newDigests = [];

    public void WantProject(string project) => projects.Want(project, known.Projects);

    public void Want(VersionResolution placement)
    {
        foreach (var version in placement.Named)
            Want(version);
        foreach (var lesson in placement.DigestTags)
        {
            Want(lesson.Version);
            digests.Want(lesson.Digest, known.Digests);
        }

        foreach (var reference in placement.ByDigest)
        {
            digests.Want(reference.Digest, known.Digests);
            if (reference.Package is not null)
                packages.Want(reference.Package, known.Packages);
            if (reference.Untagged is not null)
                Want(reference.Untagged);
        }
    }

    public long Project(string project) => projects.Key(project, known.Projects);

    public long Package(PackageCoordinates? package) => package is null ? 0 : packages.Key(package, known.Packages);

    public CoordinateKey Coordinate(VersionCoordinates version) => coordinates.Key(version, known.Coordinates);

    public long Digest(string digest) => digests.Key(digest, known.Digests);

    /// <summary>True when nobody has named the digest before: then nothing refers to it.</summary>
    public bool IsNew(long digest) => newDigests.Contains(digest);

    /// <summary>Adds the commands that find what is not known, and make what is not there.</summary>
    public void Ask(PostgresBatch batch)
    {
        if (projects.Wanted is { Length: > 0 } names)
        {
            batch.Do(NameCommands.MakeProjects).Add(names);
            batch.Ask(NameCommands.FindProjects, row => projects.Found(names[row.Number(0) - 1], row.Number(1))).Add(names);
        }

        if (packages.Wanted is { Length: > 0 } wanted)
        {
            AddPackages(batch.Do(NameCommands.MakePackages), wanted);
            AddPackages(batch.Ask(NameCommands.FindPackages, row => packages.Found(wanted[row.Number(0) - 1], row.Number(1))), wanted);
        }

        if (coordinates.Wanted is { Length: > 0 } versions)
        {
            AddCoordinates(batch.Do(NameCommands.MakeCoordinates), versions);
            AddCoordinates(
                batch.Ask(
                    NameCommands.FindCoordinates,
                    row => coordinates.Found(versions[row.Number(0) - 1], new CoordinateKey(row.Number(1), row.Number(2)))),
                versions);
        }

        if (digests.Wanted is { Length: > 0 } texts)
        {
            batch.Ask(NameCommands.MakeDigests, row => newDigests.Add(row.Number(0))).Add(texts);
            batch.Ask(NameCommands.FindDigests, row => digests.Found(texts[row.Number(0) - 1], row.Number(1))).Add(texts);
        }
    }

    /// <summary>Keeps the keys for later transactions; only once this one has been committed.</summary>
    public void Keep()
    {
        projects.Keep(known.Projects);
        packages.Keep(known.Packages);
        coordinates.Keep(known.Coordinates);
        digests.Keep(known.Digests);
    }

    private void Want(VersionCoordinates version)
    {
        if (coordinates.Want(version, known.Coordinates))
            packages.Want(version.InPackage, known.Packages);
    }

    private static void AddPackages(PostgresBatch batch, PackageCoordinates[] packages) => batch
        .Add(Array.ConvertAll(packages, static package => package.Subject))
        .Add(Array.ConvertAll(packages, static package => package.Repo))
        .Add(Array.ConvertAll(packages, static package => package.Package));

    private static void AddCoordinates(PostgresBatch batch, VersionCoordinates[] versions) => batch
        .Add(Array.ConvertAll(versions, static version => version.Subject))
        .Add(Array.ConvertAll(versions, static version => version.Repo))
        .Add(Array.ConvertAll(versions, static version => version.Package))
        .Add(Array.ConvertAll(versions, static version => version.Version));

    private class Kind<TName, TKey>(IEqualityComparer<TName>? comparer)
        where TName : notnull
        where TKey : struct
    {
        private readonly Dictionary<TName, TKey?> found = new(comparer);

        public TName[] Wanted => found.Count == 0 ? [] : [.. found.Keys];

        /// <returns>False when its key is known.</returns>
        public bool Want(TName name, KeyCache<TName, TKey> known) => !known.TryGet(name, out _) && found.TryAdd(name, null);

        public void Found(TName name, TKey key) => found[name] = key;

        public TKey Key(TName name, KeyCache<TName, TKey> known) =>
            (found.Count > 0 && found.TryGetValue(name, out var key) ? key : known.TryGet(name, out var kept) ? kept : null)
            // Texts are told apart by MD5 first.
            ?? throw new StoreException(StoreFailure.NotStorable, "a name has the MD5 of another one, from which the database cannot tell it");

        public void Keep(KeyCache<TName, TKey> known)
        {
            foreach (var (name, key) in found)
            {
                if (key is { } value)
                    known.Keep(name, value);
            }
        }
    }

    private sealed class Kind<TName>(IEqualityComparer<TName>? comparer) : Kind<TName, long>(comparer)
        where TName : notnull;
}
