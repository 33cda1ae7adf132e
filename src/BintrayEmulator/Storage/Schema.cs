using System.Globalization;
using Microsoft.Data.Sqlite;

namespace BintrayEmulator.Storage;

/// <summary>The tables, and the marks by which the emulator knows its own file.</summary>
internal static class Schema
{
    // Stamped into the file ("BEmu"), so that a database of another program is refused instead of written to.
    private const int ApplicationId = 0x42456D75;
    private const int Version = 2;

    private const string Tables = """
        create table subjects(
          id integer primary key, name text not null unique, created integer not null);
        create table repositories(
          id integer primary key, subject_id integer not null references subjects(id) on delete cascade,
          name text not null, fields text not null, created integer not null, updated integer not null,
          unique(subject_id, name));
        create table packages(
          id integer primary key, repository_id integer not null references repositories(id) on delete cascade,
          name text not null, fields text not null, created integer not null, updated integer not null,
          unique(repository_id, name));
        create table versions(
          id integer primary key, package_id integer not null references packages(id) on delete cascade,
          name text not null, fields text not null, ordinal integer not null, created integer not null, updated integer not null,
          unique(package_id, name));
        create index versions_by_ordinal on versions(package_id, ordinal);
        create table package_attributes(
          owner_id integer not null references packages(id) on delete cascade,
          name text not null, type integer not null, vals text not null,
          primary key(owner_id, name)) without rowid;
        create table version_attributes(
          owner_id integer not null references versions(id) on delete cascade,
          name text not null, type integer not null, vals text not null,
          primary key(owner_id, name)) without rowid;
        create table webhooks(
          package_id integer primary key references packages(id) on delete cascade,
          url text not null, method text not null, user text not null);
        create table probe(id integer primary key check(id = 1), seen integer not null);
        """;

    // Since version 2. Names instead of references: an entry outlives its version.
    private const string History = """
        create table history(
          sequence integer primary key autoincrement, time integer not null,
          subject text not null, repo text not null, package text not null, version text not null,
          verb text not null, attributes text not null);
        create index history_by_version on history(subject, repo, package, version, sequence);
        """;

    /// <summary>Brings a new file to the current schema; checks an existing one.</summary>
    /// <exception cref="InvalidDataException">The file is another program's, or of a newer emulator.</exception>
    public static void Prepare(SqliteConnection connection, string path)
    {
        var application = Scalar(connection, "pragma application_id");
        var version = Scalar(connection, "pragma user_version");
        var tables = Scalar(connection, "select count(*) from sqlite_schema");
        if (application != ApplicationId && tables > 0)
            throw new InvalidDataException($"Emulator:Path ('{path}') is a database of another program; name another file.");

        if (application == ApplicationId && version > Version)
        {
            throw new InvalidDataException(
                $"Emulator:Path ('{path}') was written by a newer emulator (schema {version}, this one knows {Version}).");
        }

        if (application == ApplicationId && version == Version)
            return;

        var missing = application == ApplicationId ? History : Tables + History;
        using var transaction = connection.BeginTransaction();
        Run(connection, transaction, missing + $"pragma application_id = {ApplicationId}; pragma user_version = {Version};");
        transaction.Commit();
    }

    private static long Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static void Run(SqliteConnection connection, SqliteTransaction transaction, string sql)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
