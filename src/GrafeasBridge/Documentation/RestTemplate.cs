using System.Text;
using System.Text.RegularExpressions;

namespace GrafeasBridge.Documentation;

/// <summary>
/// An HTTP binding's address in OpenAPI's form, where a parameter is one segment: <c>/v1/{name=projects/*/notes/*}</c> becomes
/// <c>/v1/projects/{project}/notes/{note}</c>.
/// </summary>
/// <param name="Parameters">Names within the path, in order.</param>
/// <param name="Fields">The request's fields that the path fills.</param>
internal sealed partial record RestTemplate(string Path, IReadOnlyList<string> Parameters, IReadOnlyList<string> Fields)
{
    public static RestTemplate Parse(string pattern)
    {
        var path = new StringBuilder();
        var parameters = new List<string>();
        var fields = new List<string>();
        var from = 0;
        foreach (Match variable in Variables().Matches(pattern))
        {
            path.Append(pattern, from, variable.Index - from);
            from = variable.Index + variable.Length;
            var field = variable.Groups["field"].Value;
            fields.Add(field);
            path.AppendJoin('/', Segments(field, variable.Groups["of"].Success ? variable.Groups["of"].Value : "*", parameters));
        }

        return new RestTemplate(path.Append(pattern, from, pattern.Length - from).ToString(), parameters, fields);
    }

    // A star after projects/ is a project; a star alone is the field itself.
    private static IEnumerable<string> Segments(string field, string of, List<string> parameters)
    {
        var before = string.Empty;
        foreach (var segment in of.Split('/'))
        {
            if (segment is "*" or "**")
            {
                var name = before.Length == 0 ? field : before.TrimEnd('s');
                parameters.Add(name);
                yield return $"{{{name}}}";
            }
            else
            {
                before = segment;
                yield return segment;
            }
        }
    }

    [GeneratedRegex(@"\{(?<field>[^=}]+)(=(?<of>[^}]+))?\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Variables();
}
