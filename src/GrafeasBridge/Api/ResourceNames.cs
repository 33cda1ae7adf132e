namespace GrafeasBridge.Api;

/// <summary>A note's name, <c>projects/PROJECT/notes/ID</c>.</summary>
internal readonly record struct NoteName(string Project, string Id)
{
    public override string ToString() => $"projects/{Project}/notes/{Id}";
}

/// <summary>An occurrence's name, <c>projects/PROJECT/occurrences/ID</c>.</summary>
internal readonly record struct OccurrenceName(string Project, string Id)
{
    public override string ToString() => $"projects/{Project}/occurrences/{Id}";
}

/// <summary>
/// Resource names: parts between slashes, compared literally. An id may hold anything but a slash; case matters. Names with
/// a location are refused: this service has no regions.
/// </summary>
internal static class ResourceNames
{
    /// <summary>Longest id of a project, note or occurrence, in UTF-16 units.</summary>
    public const int MaxIdLength = 255;

    private const string Projects = "projects/";

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT that points at <paramref name="field"/>.</exception>
    public static string Project(string name, string field) =>
        TryProject(name, out var project, out var problem) ? project : throw Errors.Invalid(field, problem);

    /// <inheritdoc cref="Project"/>
    public static NoteName Note(string name, string field) =>
        TryNote(name, out var note, out var problem) ? note : throw Errors.Invalid(field, problem);

    /// <inheritdoc cref="Project"/>
    public static OccurrenceName Occurrence(string name, string field) =>
        TryParse(name, "occurrences", out var project, out var id, out var problem)
            ? new OccurrenceName(project, id)
            : throw Errors.Invalid(field, problem);

    public static bool TryNote(string name, out NoteName note, out string problem)
    {
        var parsed = TryParse(name, "notes", out var project, out var id, out problem);
        note = new NoteName(project, id);
        return parsed;
    }

    /// <summary>Says what is wrong with an id that a client chose; null when it will do.</summary>
    public static string? ProblemOfId(string id) =>
        id.Length == 0 ? "is required"
        : id.Contains('/', StringComparison.Ordinal) ? "must not contain '/'"
        : id.Length > MaxIdLength ? $"has {id.Length} characters; at most {MaxIdLength} are allowed"
        : null;

    private static bool TryProject(string name, out string project, out string problem)
    {
        project = string.Empty;
        if (!name.StartsWith(Projects, StringComparison.Ordinal))
        {
            problem = Malformed(name, "projects/PROJECT");
            return false;
        }

        var id = name[Projects.Length..];
        if (id.Length == 0 || id.Contains('/', StringComparison.Ordinal))
        {
            problem = Malformed(name, "projects/PROJECT");
            return false;
        }

        return Within(project = id, id, out problem);
    }

    private static bool TryParse(string name, string collection, out string project, out string id, out string problem)
    {
        project = id = string.Empty;
        var end = name.StartsWith(Projects, StringComparison.Ordinal) ? name.IndexOf('/', Projects.Length) : -1;
        var start = end + 1 + collection.Length + 1;
        var shaped = end > Projects.Length
            && name.Length > start
            && name.AsSpan(end + 1).StartsWith(collection, StringComparison.Ordinal)
            && name[start - 1] == '/'
            && name.IndexOf('/', start) < 0;
        if (!shaped)
        {
            problem = Malformed(name, $"projects/PROJECT/{collection}/ID");
            return false;
        }

        project = name[Projects.Length..end];
        id = name[start..];
        return Within(project, id, out problem);
    }

    private static bool Within(string project, string id, out string problem)
    {
        var longer = project.Length > MaxIdLength ? project : id.Length > MaxIdLength ? id : null;
        problem = longer is null
            ? string.Empty
            : $"holds an id of {longer.Length} characters; at most {MaxIdLength} are allowed";
        return longer is null;
    }

    private static string Malformed(string name, string form)
    {
        if (name.Length == 0)
            return $"is required, in the form {form}";
        var shown = QuotedText.Shorten(name);
        return name.StartsWith(Projects, StringComparison.Ordinal) && name.Contains("/locations/", StringComparison.Ordinal)
            ? $"'{shown}' names a location, and this service has none; the form is {form}"
            : $"'{shown}' is not of the form {form}";
    }
}
