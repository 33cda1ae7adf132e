using Google.Protobuf.Reflection;
using Grafeas.V1;
using Grafeas.V1.Project;
using GrafeasBridge.Protos;

namespace GrafeasBridge.Filtering;

/// <summary>Another name under which a filter reaches a field.</summary>
/// <param name="Name">In snake_case; the camelCase form is taken too.</param>
/// <param name="Path">Proto names of the field, from the root, joined by dots.</param>
/// <param name="Part">0 for the whole text, n for its nth part between slashes.</param>
internal sealed record FilterAlias(string Name, string Path, int Part = 0);

/// <summary>A field, or a part of one, that the store keeps as a column.</summary>
/// <param name="Path">As of <see cref="FilterAlias"/>. Every stored message must have it set: the column knows no absence.</param>
/// <param name="Part">As of <see cref="FilterAlias"/>.</param>
internal sealed record FilterColumn(Column Column, string Path, int Part = 0)
{
    /// <summary>Makes what a filter writes into what the column holds.</summary>
    public Func<string, string> Read { get; init; } = static written => written;
}

/// <summary>What can be filtered: a type of message, the aliases of its fields, and which of them are columns of the store.</summary>
/// <example>
/// <code>
/// new FilterSubject(descriptor)
/// {
///     Aliases = [new FilterAlias("resource_url", "resource.uri")],
///     Columns = [new FilterColumn(Column.ResourceUri, "resource.uri")],
/// }
/// </code>
/// </example>
internal sealed class FilterSubject
{
    private readonly IReadOnlyList<FilterAlias> aliases = [];
    private readonly IReadOnlyList<FilterColumn> columns = [];

    public FilterSubject(MessageDescriptor root) => Root = root;

    /// <summary>Occurrences of grafeas.v1.</summary>
    public static FilterSubject Occurrences { get; } = new(Occurrence.Descriptor)
    {
        Aliases =
        [
            new FilterAlias("resource_url", "resource_uri"),
            new FilterAlias("note_project_id", "note_name", Part: 2),
            new FilterAlias("note_id", "note_name", Part: 4),
        ],
        Columns =
        [
            new FilterColumn(Column.Kind, "kind"),
            new FilterColumn(Column.ResourceUri, "resource_uri"),
            new FilterColumn(Column.NoteProject, "note_name", Part: 2),
            new FilterColumn(Column.NoteId, "note_name", Part: 4),
            new FilterColumn(Column.CreateTime, "create_time"),
        ],
    };

    /// <summary>Notes of grafeas.v1.</summary>
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
    };

    /// <summary>Projects of grafeas.v1.</summary>
    public static FilterSubject Projects { get; } = new(Project.Descriptor);

    public MessageDescriptor Root { get; }

    /// <summary>Asked before the fields of the root.</summary>
    public IReadOnlyList<FilterAlias> Aliases
    {
        get => aliases;
        init
        {
            foreach (var alias in value)
                MustExist(alias.Path);
            aliases = value;
        }
    }

    public IReadOnlyList<FilterColumn> Columns
    {
        get => columns;
        init
        {
            foreach (var column in value)
                MustExist(column.Path);
            columns = value;
        }
    }

    /// <summary>
    /// The store's number of a kind or a state, by the number of the message's enum value; null for one that no stored message
    /// has. No two may share a number.
    /// </summary>
    public Func<int, int?> StoreKind { get; init; } = static number => number;

    internal FilterAlias? AliasOf(string name) =>
        Aliases.FirstOrDefault(alias => alias.Name == name || DescriptorPath.CamelCase(alias.Name) == name);

    internal FilterColumn? ColumnOf(string path, int part) => Columns.FirstOrDefault(column => column.Path == path && column.Part == part);

    private void MustExist(string path)
    {
        if (DescriptorPath.Resolve(Root, path) is null)
            throw new ArgumentException($"{Root.FullName} has no field {path}", nameof(path));
    }
}
