using Grafeas.V1Beta1;
using GrafeasBridge.Filtering;
using V1Kind = Grafeas.V1.NoteKind;

namespace GrafeasBridge.V1Beta1;

/// <summary>What list filters of v1beta1 may speak of: the fields of this version, found by the same columns.</summary>
internal static class V1Beta1FilterSubjects
{
    public static FilterSubject Occurrences { get; } = new(Occurrence.Descriptor)
    {
        Aliases =
        [
            new FilterAlias("resource_url", "resource.uri"),
            new FilterAlias("note_project_id", "note_name", Part: 2),
            new FilterAlias("note_id", "note_name", Part: 4),
        ],
        Columns =
        [
            new FilterColumn(Column.Kind, "kind"),
            new FilterColumn(Column.ResourceUri, "resource.uri"),
            new FilterColumn(Column.NoteProject, "note_name", Part: 2),
            new FilterColumn(Column.NoteId, "note_name", Part: 4),
            new FilterColumn(Column.CreateTime, "create_time"),
        ],
        StoreKind = StoreKind,
    };

    public static FilterSubject Notes { get; } = new(Note.Descriptor)
    {
        Aliases = [new FilterAlias("note_project_id", "name", Part: 2), new FilterAlias("note_id", "name", Part: 4)],
        Columns =
        [
            new FilterColumn(Column.Kind, "kind"),
            new FilterColumn(Column.NoteProject, "name", Part: 2),
            new FilterColumn(Column.NoteId, "name", Part: 4),
            new FilterColumn(Column.CreateTime, "create_time"),
        ],
        StoreKind = StoreKind,
    };

    public static FilterSubject Projects { get; } = new(Grafeas.V1Beta1.Project.Project.Descriptor);

    private static int? StoreKind(int number) => Enum.IsDefined((NoteKind)number) && number != 0
        ? V1Beta1Kinds.Stored(V1Kind.Unspecified, (NoteKind)number)
        : null;
}
