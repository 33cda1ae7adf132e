namespace GrafeasBridge.Cli.Input;

/// <summary>Projects and notes as people write them: "acme" or "projects/acme".</summary>
internal static class ProjectName
{
    /// <returns>projects/ID</returns>
    /// <exception cref="CliException">Neither an id nor projects/ID.</exception>
    public static string Parse(string text, string source)
    {
        var id = text.StartsWith("projects/", StringComparison.Ordinal) ? text["projects/".Length..] : text;
        return id.Length > 0 && !id.Contains('/')
            ? "projects/" + id
            : throw CliException.BadInput($"{source} '{text}' is not a project. Write its id, or projects/ID.");
    }

    /// <returns>projects/P/notes/ID</returns>
    /// <exception cref="CliException">Neither an id nor projects/P/notes/ID.</exception>
    public static string ParseNote(string text, string? project)
    {
        if (text.Split('/') is ["projects", { Length: > 0 }, "notes", { Length: > 0 }])
            return text;

        if (text.Length == 0 || text.Contains('/'))
            throw CliException.BadInput($"--note '{text}' is not a note. Write its id, or projects/P/notes/ID.");

        return project is null
            ? throw CliException.BadInput($"--note '{text}' names no project. Add --project, or write projects/P/notes/{text}.")
            : $"{project}/notes/{text}";
    }
}
