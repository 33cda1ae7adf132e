using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store;

/// <summary>What every store says when it refuses: a caller cannot tell one database from another.</summary>
internal static class StoreRefusals
{
    public static StoreException NotOpen() => new(StoreFailure.Unavailable, "The store is not open.");

    public static StoreException NewerSchema(long version, int newest) => new(
        StoreFailure.Broken,
        $"The database has schema version {version}, this program knows up to {newest}. Start the newer release that wrote it, "
        + "or restore a backup from before the upgrade.");

    public static StoreException ProjectExists(string project) =>
        new(StoreFailure.AlreadyExists, $"project projects/{project} already exists");

    public static StoreException ProjectNotFound(string project) => new(StoreFailure.NotFound, $"project projects/{project} not found");

    public static StoreException NoteExists(NewNote note, int index) =>
        new(StoreFailure.AlreadyExists, $"note {StoredNames.Note(note.Project, note.Id)} already exists", index);

    public static StoreException NoteNotFound(string project, string id, int index = -1) =>
        new(StoreFailure.NotFound, $"note {StoredNames.Note(project, id)} not found", index);

    public static StoreException OccurrenceExists(NewOccurrence occurrence, int index) =>
        new(StoreFailure.AlreadyExists, $"occurrence {occurrence.Name} already exists", index);

    public static StoreException OccurrenceNotFound(string project, string id) =>
        new(StoreFailure.NotFound, $"occurrence {StoredNames.Occurrence(project, id)} not found");

    public static StoreException KindFixed(string project, string id) =>
        new(StoreFailure.KindMismatch, $"the kind of {StoredNames.Occurrence(project, id)} cannot be changed");

    /// <param name="kind">Of the note.</param>
    public static StoreException KindMismatch(NewOccurrence occurrence, int kind, int index) => new(
        StoreFailure.KindMismatch,
        $"the occurrence is of kind {StoredKinds.Name(occurrence.Kind)}, its note {StoredNames.Note(occurrence.NoteProject, occurrence.NoteId)} "
        + $"is of kind {StoredKinds.Name(kind)}",
        index);

    /// <param name="by">What used the id first.</param>
    public static StoreException RequestConflict(string requestId, string by, int index) =>
        new(StoreFailure.AlreadyExists, $"request id {requestId} was used for other content by {by}; send changed content under a new id", index);

    public static StoreException VersionNotFound(string target, VersionCoordinates version) =>
        new(StoreFailure.NotFound, $"version {version} is not known at target {target}");

    public static StoreException CompactedDamaged() => new(
        StoreFailure.Damaged, "What is left of a version's occurrences past retention is damaged: it is not what was stored. Restore the database from a backup.");
}

/// <summary>Names as callers have them.</summary>
internal static class StoredNames
{
    public static string Note(string project, string id) => $"projects/{project}/notes/{id}";

    public static string Occurrence(string project, string id) => $"projects/{project}/occurrences/{id}";
}
