using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using GrafeasBridge.Api;

namespace GrafeasBridge.Ingest.Archivista;

/// <summary>
/// A stranger's JSON as a tree: UTF-8, no member twice, every text whole. What has passed can be walked without an exception.
/// </summary>
internal static class JsonTree
{
    /// <summary>Deepest nesting that is read.</summary>
    public const int MaxDepth = 64;

    /// <param name="check">Takes what is wrong, below the path that it has entered.</param>
    /// <param name="what">Begins the sentence when nothing can be read, such as <c>The body</c>; empty when the path says it.</param>
    public static JsonDocument? Parse(ref Checker check, ReadOnlyMemory<byte> json, string what)
    {
        var subject = what.Length == 0 ? string.Empty : what + " ";
        if (!Utf8.IsValid(json.Span))
        {
            check.Add(string.Empty, subject + "is not UTF-8");
            return null;
        }

        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
        }
        catch (JsonException e)
        {
            var where = string.Create(CultureInfo.InvariantCulture, $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
            check.Add(string.Empty, $"{subject}is not JSON that can be read ({where}): it may be cut off, or nested more than {MaxDepth} deep");
            return null;
        }

        if (IsSound(ref check, document.RootElement))
            return document;
        document.Dispose();
        return null;
    }

    /// <summary>The member of an object; null when it is missing, or null in JSON, which many writers say for nothing.</summary>
    public static JsonElement? Member(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A text; anything else is a problem.</summary>
    /// <returns>Null when the member is missing or is no text.</returns>
    public static string? Text(ref Checker check, JsonElement json, string name, bool required)
    {
        var value = Member(json, name);
        if (value is { ValueKind: JsonValueKind.String } text)
            return text.GetString();
        if (value is not null)
            check.Add(name, "must be a text");
        else if (required)
            check.Add(name, "is required");
        return null;
    }

    /// <summary>Looks at a value below the field that holds it.</summary>
    private static bool IsSound(ref Checker check, string field, JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Array)
            return IsSoundList(ref check, field, json);
        check.Enter(field);
        if (!IsSound(ref check, json))
            return false;
        check.Leave();
        return true;
    }

    private static bool IsSound(ref Checker check, JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => IsSoundObject(ref check, json),
        JsonValueKind.Array => IsSoundList(ref check, string.Empty, json),
        JsonValueKind.String => IsWhole(ref check, json),
        _ => true,
    };

    private static bool IsSoundObject(ref Checker check, JsonElement json)
    {
        HashSet<string>? names = null;
        foreach (var member in json.EnumerateObject())
        {
            if (NameOf(member) is not { } name)
            {
                check.Add(string.Empty, "has a member whose name holds half a character (a lone surrogate)");
                return false;
            }

            if (!(names ??= new HashSet<string>(StringComparer.Ordinal)).Add(name))
            {
                check.Add(QuotedText.Shorten(name), "is given twice");
                return false;
            }

            if (!IsSound(ref check, QuotedText.Shorten(name), member.Value))
                return false;
        }

        return true;
    }

    private static bool IsSoundList(ref Checker check, string field, JsonElement json)
    {
        var index = 0;
        foreach (var item in json.EnumerateArray())
        {
            check.Enter(field, index++);
            if (!IsSound(ref check, item))
                return false;
            check.Leave();
        }

        return true;
    }

    private static bool IsWhole(ref Checker check, JsonElement json)
    {
        try
        {
            json.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            check.Add(string.Empty, "holds half a character (a lone surrogate)");
            return false;
        }
    }

    private static string? NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
