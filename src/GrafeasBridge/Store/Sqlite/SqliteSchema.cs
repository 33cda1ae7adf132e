namespace GrafeasBridge.Store.Sqlite;

/// <summary>
/// The schema, as steps that are never edited once released: step n brings a file of version n - 1 to n. Times are UTC
/// ticks; what README.md calls a key is a number that stands for a text wherever it would be repeated in millions of rows.
/// </summary>
internal static class SqliteSchema
{
    /// <summary>Marks the file as ours ("GrBr"), so that another program's database is not filled with our tables.</summary>
    public const int ApplicationId = 0x47724272;

    /// <summary>Marks a file into which a store is being copied ("GrCp"): earlier releases take it for another program's, and leave it alone.</summary>
    public const int UnfinishedCopyId = 0x47724370;

    public static readonly IReadOnlyList<string> Steps = [First, Second, Third, Fourth, SchemaSteps.RenamedOutcomes, SchemaSteps.PackagesWithSlashes];

    private const string First = """
        create table project_names (key integer primary key, name text not null unique);
        create table projects (seq integer primary key autoincrement, name integer not null unique);

        create table note_names (key integer primary key, project integer not null, id text not null, unique (project, id));
        create table notes (
            seq integer primary key autoincrement, name integer not null unique, project integer not null,
            kind integer not null, content blob not null);
        create index notes_of_project on notes (project);

        create table occurrences (
            seq integer primary key autoincrement, project integer not null, note integer not null, kind integer not null,
            create_time integer not null, id text not null, resource_uri text not null, request_id text,
            content_hash blob not null, content blob not null);
        create unique index occurrence_names on occurrences (project, id);
        create unique index occurrence_requests on occurrences (project, request_id) where request_id is not null;
        create index occurrences_of_project on occurrences (project);
        create index occurrences_of_note on occurrences (note, seq, project);

        create table unmapped (
            project integer not null, occurrence integer not null, reason text not null,
            primary key (project, occurrence)) without rowid;

        create table packages (
            key integer primary key, subject text not null, repo text not null, package text not null,
            unique (subject, repo, package));
        create table coordinates (
            key integer primary key, package integer not null, version text not null, unique (package, version));

        create table links (
            coordinate integer not null, project integer not null, occurrence integer not null, origin integer not null,
            primary key (coordinate, project, occurrence)) without rowid;
        create index links_of_occurrence on links (occurrence);

        create table digests (key integer primary key, digest text not null unique);
        create table lessons (
            digest integer not null, package integer not null, coordinate integer not null,
            primary key (digest, package, coordinate)) without rowid;
        create table digest_references (
            digest integer not null, package integer not null, untagged integer not null, occurrence integer not null,
            project integer not null, primary key (digest, package, untagged, occurrence)) without rowid;
        create index references_of_occurrence on digest_references (occurrence);

        create table commits (
            commit_id text not null, occurrence integer not null, primary key (commit_id, occurrence)) without rowid;
        create index commits_of_occurrence on commits (occurrence);

        create table targets (key integer primary key, name text not null unique, active integer not null);
        create table versions (
            seq integer primary key, target integer not null, coordinate integer not null, package integer not null,
            state integer not null, revision integer not null, settled integer not null, attempts integer not null,
            due_at integer, dirty_since integer, failing_since integer, lease text,
            update_time integer not null, verified_time integer,
            owned text not null, outcome text not null, reason text not null, trace_parent text);
        create unique index version_identity on versions (coordinate, target);
        create index version_packages on versions (target, package);
        create index version_states on versions (target, state);
        create index version_due on versions (target, due_at, dirty_since) where due_at is not null;

        create table secrets (name text primary key, value blob not null) without rowid;
        create table writes_proved (key integer primary key, at integer not null);
        """;

    // What another version of the API wrote, where grafeas.v1 cannot say all of it. Then what filters of lists are looked up by; a
    // block is 1024 sequences, and says between which times their occurrences were created, at least. Then uploads as they came.
    private const string Second = """
        alter table notes add column original blob;
        alter table occurrences add column original blob;

        create index occurrences_of_resource on occurrences (project, resource_uri);
        drop index occurrences_of_project;
        create index occurrences_of_kind on occurrences (project, kind);
        drop index occurrences_of_note;
        create index occurrences_of_note_in_project on occurrences (note, project);
        create index notes_of_kind on notes (project, kind);
        create index note_names_of_id on note_names (id, project);

        create table occurrence_blocks (block integer primary key, first integer not null, last integer not null);
        insert into occurrence_blocks
        with recursive blocks (block, final) as (
            select min(seq) >> 10, max(seq) >> 10 from occurrences
            union all select block + 1, final from blocks where block < final)
        select * from (
            select block, (select min(create_time) from occurrences where seq >= block << 10 and seq < (block + 1) << 10) as first,
                (select max(create_time) from occurrences where seq >= block << 10 and seq < (block + 1) << 10) as last
            from blocks)
        where first is not null;

        create table uploads (
            seq integer primary key autoincrement, project integer not null, gitoid text not null,
            create_time integer not null, content blob not null);
        create unique index upload_names on uploads (project, gitoid);
        """;

    // What receipts tell: the first content of an occurrence, what was read back of a version, and the keys that sign.
    private const string Third = """
        alter table occurrences add column created_digest blob;
        alter table versions add column read_back blob;
        alter table versions add column read_back_names text;

        create table signing_keys (
            seq integer primary key autoincrement, id text not null unique, create_time integer not null,
            public_key blob not null, private_key blob);
        """;

    // Which version is next: what is ready has a place of its own, newest first, beside what is to become ready at a time. Then what
    // is known of versions that stopped the process, that are looked at again, and of targets; and sums that tell damage. Last what is left of
    // occurrences past retention: what they give to versions, whose they were and of which commits, and their names.
    private const string Fourth = """
        alter table versions add column ready integer;
        alter table versions add column rest_until integer;
        alter table versions add column stops integer not null default 0;
        alter table versions add column intended integer not null default 0;
        alter table versions add column recreate integer not null default 0;
        alter table versions add column check_at integer;
        update versions set ready = coalesce(dirty_since, due_at) where state = 1 and due_at is not null;
        update versions set check_at = verified_time where state = 3;
        drop index version_due;
        create index version_due on versions (target, due_at, dirty_since, ready) where due_at is not null and ready is null;
        create index version_ready on versions (target, ready) where ready is not null;
        create index version_suspects on versions (target) where stops > 0 and state = 1;
        create index version_checks on versions (target, check_at) where check_at is not null;

        alter table targets add column learned text;

        alter table notes add column content_sum integer;
        alter table occurrences add column content_sum integer;

        create table folded (
            coordinate integer primary key, occurrences integer not null, newest integer not null, state blob not null,
            state_sum integer not null);
        create table folded_projects (
            coordinate integer not null, project integer not null, primary key (coordinate, project)) without rowid;
        create table folded_commits (
            commit_id text not null, coordinate integer not null, primary key (commit_id, coordinate)) without rowid;
        create table retired (
            seq integer primary key, project integer not null, id text not null, request_id text, content_hash blob not null,
            create_time integer not null, created_digest blob, retire_time integer not null);
        create unique index retired_names on retired (project, id);
        create unique index retired_requests on retired (project, request_id) where request_id is not null;
        create index retired_times on retired (retire_time);
        """;
}
