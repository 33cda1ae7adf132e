using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using GrafeasBridge.Api;
using GrafeasBridge.Protos;

namespace GrafeasBridge.Ingest;

/// <summary>
/// Which fields an update writes. Without paths (or with <c>*</c>): everything that a client may write, so that what the body
/// leaves out is cleared. With paths: these only; a path that the body leaves unset is cleared, lists and maps are replaced as
/// a whole. Paths are taken in both spellings, <c>short_description</c> and <c>shortDescription</c>, since REST passes them on
/// as they were typed.
/// </summary>
/// <remarks>
/// Not built on FieldMask.Merge, which appends to lists, merges messages so that stale members stay, and fails on maps.
/// </remarks>
internal sealed class UpdateMask
{
    private const string Field = "update_mask";
    private const int MaxPaths = 200;

    private readonly IReadOnlyList<FieldDescriptor[]> paths;

    private UpdateMask(IReadOnlyList<FieldDescriptor[]> paths, bool whole)
    {
        this.paths = paths;
        IsWhole = whole;
    }

    /// <summary>True when every field that a client may write is replaced.</summary>
    public bool IsWhole { get; }

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT with every path that is unknown or not the client's to write.</exception>
    public static UpdateMask Parse(FieldMask? mask, MessageDescriptor type)
    {
        if (mask is null || mask.Paths.Count == 0 || mask.Paths is ["*"])
            return new UpdateMask(Writable(type), whole: true);
        if (mask.Paths.Count > MaxPaths)
        {
            throw Errors.Invalid(Field, $"holds {mask.Paths.Count} paths; at most {MaxPaths} are allowed");
        }

        var named = new List<FieldDescriptor[]>(mask.Paths.Count);
        List<Problem>? problems = null;
        foreach (var path in mask.Paths)
        {
            var fields = DescriptorPath.Resolve(type, path, MayEnter, Find);
            if (fields is not null && !ServerFields.Owns(fields[0]))
            {
                named.Add(fields);
                continue;
            }

            var problem = fields is null ? "a field that does not exist" : "a field that only the server writes";
            (problems ??= []).Add(new Problem(Field, $"names '{QuotedText.Shorten(path)}', {problem}"));
        }

        return problems is null ? new UpdateMask(WithoutCovered(named), whole: false) : throw Errors.Invalid(problems, 0);
    }

    // "build" writes all of "build.builder_version"; were both applied, the second would write into the body itself.
    private static List<FieldDescriptor[]> WithoutCovered(List<FieldDescriptor[]> named)
    {
        var kept = new List<FieldDescriptor[]>(named.Count);
        foreach (var path in named.OrderBy(path => path.Length))
        {
            if (!kept.Exists(other => path.AsSpan().StartsWith(other)))
                kept.Add(path);
        }

        return kept;
    }

    /// <summary>True when the mask writes this top-level field, or something in it.</summary>
    public bool Names(string field) => paths.Any(path => path[0].Name == field);

    /// <summary>
    /// Writes into <paramref name="target"/> what <paramref name="source"/> says. They share messages from then on, so the source
    /// may be applied again, but not changed.
    /// </summary>
    public void Apply(IMessage source, IMessage target)
    {
        foreach (var path in paths)
            Apply(path, source, target);
    }

    private static void Apply(ReadOnlySpan<FieldDescriptor> path, IMessage? source, IMessage target)
    {
        var field = path[0];
        if (path.Length == 1)
        {
            if (source is null || !IsSet(field, source))
                ClearField(field, target);
            else
                Copy(field, source, target);
            return;
        }

        var from = source is null ? null : (IMessage?)field.Accessor.GetValue(source);
        var into = (IMessage?)field.Accessor.GetValue(target);
        if (into is null)
        {
            if (from is null)
                return; // Nothing here and nothing wanted: do not make an empty message of it.
            into = field.MessageType.Parser.ParseFrom(ByteString.Empty);
            field.Accessor.SetValue(target, into);
        }

        Apply(path[1..], from, into);
    }

    private static bool IsSet(FieldDescriptor field, IMessage message) =>
        field.IsRepeated ? ((ICollection)field.Accessor.GetValue(message)).Count > 0
        : !field.HasPresence || field.Accessor.HasValue(message);

    // Clearing a member of a oneof that is not the chosen one must leave its chosen sibling alone.
    private static void ClearField(FieldDescriptor field, IMessage target)
    {
        if (field.HasPresence && !field.Accessor.HasValue(target))
            return;
        field.Accessor.Clear(target);
    }

    private static void Copy(FieldDescriptor field, IMessage source, IMessage target)
    {
        var value = field.Accessor.GetValue(source);
        if (!field.IsRepeated)
        {
            field.Accessor.SetValue(target, value);
            return;
        }

        field.Accessor.Clear(target);
        var into = field.Accessor.GetValue(target);
        if (field.IsMap)
        {
            foreach (DictionaryEntry entry in (IDictionary)value)
                ((IDictionary)into).Add(entry.Key, entry.Value);
        }
        else
        {
            foreach (var item in (IList)value)
                ((IList)into).Add(item);
        }
    }

    // Lists and maps are replaced as a whole: no path leads into them. Nor does one into times, Struct, Any.
    private static bool MayEnter(FieldDescriptor field) => !field.IsRepeated && field.MessageType.File.Package != "google.protobuf";

    // A mask in JSON has the camel case of the name, also where the field's JSON name is something else.
    private static FieldDescriptor? Find(MessageDescriptor type, string name) =>
        DescriptorPath.Field(type, name)
        ?? type.Fields.InFieldNumberOrder().FirstOrDefault(field => DescriptorPath.CamelCase(field.Name) == name);

    private static List<FieldDescriptor[]> Writable(MessageDescriptor type) =>
        [.. type.Fields.InFieldNumberOrder()
            .Where(field => !ServerFields.Owns(field))
            .Select(field => new[] { field })];
}
