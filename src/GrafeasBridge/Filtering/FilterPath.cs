using System.Text;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using GrafeasBridge.Protos;

namespace GrafeasBridge.Filtering;

/// <summary>What stands at the end of a path.</summary>
internal enum PathEnd
{
    /// <summary>One value, or each element of the lists on the way.</summary>
    Single,

    /// <summary>A list as a whole.</summary>
    List,

    /// <summary>A map as a whole.</summary>
    Map,

    /// <summary>A value whose type only the message knows.</summary>
    Dynamic,
}

/// <summary>The way from the root of a message to the values that a filter names.</summary>
internal sealed class FilterPath
{
    private readonly List<Func<ValueTest, ValueTest>> steps = [];
    private readonly StringBuilder protoPath = new();
    private MessageDescriptor? within;
    private FieldDescriptor? last;
    private bool isPlain = true;

    private FilterPath(int position) => Position = position;

    public int Position { get; }

    public PathEnd End { get; private set; }

    /// <summary>The field at the end, or the type of the map's values; null at a dynamic end within an object.</summary>
    public FieldDescriptor Field => last!;

    /// <summary>True when the path goes through a list or ends in one.</summary>
    public bool Many { get; private set; }

    /// <summary>0 for the whole text, n for its nth part between slashes.</summary>
    public int Part { get; private set; }

    /// <summary>Proto names joined by dots; null when the path does not only go from field to field.</summary>
    public string? ProtoPath => isPlain && !Many ? protoPath.ToString() : null;

    /// <exception cref="FilterException">There is no such path.</exception>
    public static FilterPath Of(FilterNode node, FilterSubject subject)
    {
        var segments = Segments(node);
        var path = new FilterPath(segments[0].Position) { within = subject.Root };
        var first = segments[0];
        if (subject.AliasOf(first.Name) is { } alias)
        {
            foreach (var name in alias.Path.Split('.'))
                path.Step(first with { Name = name });
            path.Part = alias.Part;
        }
        else
        {
            path.Step(first);
        }

        foreach (var segment in segments.Skip(1))
            path.Step(segment);
        return path;
    }

    /// <summary>Puts a question about the end behind the steps that lead there.</summary>
    public ValueTest Bind(ValueTest leaf)
    {
        for (var i = steps.Count - 1; i >= 0; i--)
            leaf = steps[i](leaf);
        return leaf;
    }

    /// <summary>The path to a field of the message, or of the messages, at the end.</summary>
    public ValueTest BindField(Literal name)
    {
        if (!IsOpen(Field.MessageType) || DescriptorPath.Field(Field.MessageType, name.Text) is not { } inner)
        {
            throw new FilterException(name.Position, $"found {name.Shown}, expected a field of {Field.MessageType.FullName}");
        }

        var isSet = new FieldStep(inner, SetLeaf.Instance);
        return Bind(End == PathEnd.List ? new ElementStep(isSet) : isSet);
    }

    private static List<Segment> Segments(FilterNode node)
    {
        var segments = new List<Segment>();
        for (; ; )
        {
            switch (node)
            {
                case IdentNode ident:
                    segments.Add(new Segment(ident.Position, ident.Name, IsKey: false));
                    segments.Reverse();
                    return segments;
                case SelectNode select:
                    segments.Add(new Segment(select.Position + 1, select.Field, IsKey: false));
                    node = select.Operand;
                    break;
                case CallNode { IsOperator: true, Function: Operators.Index } index:
                    var key = Literal.Of(index.Args[1]);
                    segments.Add(new Segment(key.Position, key.Text, IsKey: true));
                    node = index.Args[0];
                    break;
                default:
                    throw NoField(node);
            }
        }
    }

    private static FilterException NoField(FilterNode node) => node switch
    {
        CallNode { IsOperator: false } call => new FilterException(
            node.Position, $"found a call of {FilterException.Shown(call.Function)}, expected a field"),
        CallNode => new FilterException(node.Position, "found an expression in brackets, expected a field"),
        StringNode text => new FilterException(node.Position, $"found the text {FilterException.Shown(text.Value)}, expected a field"),
        _ => new FilterException(node.Position, "found a number, expected a field"),
    };

    private void Step(Segment segment)
    {
        if (Part > 0)
            throw Refused(segment, "a part of a text has no fields");
        if (End == PathEnd.List)
        {
            Many = true;
            End = PathEnd.Single;
            steps.Add(static next => new ElementStep(next));
        }

        if (End == PathEnd.Map)
            EnterMap(segment);
        else if (End == PathEnd.Dynamic || within == Struct.Descriptor)
            EnterObject(segment);
        else
            EnterField(segment);
    }

    private void EnterMap(Segment segment)
    {
        isPlain = false;
        var key = segment.Name;
        var keys = last!.MessageType.FindFieldByNumber(1);
        if (keys.FieldType != FieldType.String)
            throw Refused(segment, $"the keys of {last.FullName} are no texts");
        steps.Add(next => new KeyStep(key, next));
        Arrive(last.MessageType.FindFieldByNumber(2));
    }

    private void EnterObject(Segment segment)
    {
        isPlain = false;
        var key = segment.Name;
        steps.Add(next => new MemberStep(key, next));
        End = PathEnd.Dynamic;
    }

    private void EnterField(Segment segment)
    {
        if (segment.IsKey)
            throw Refused(segment, $"{Where()} is no map");
        if (within is null || !IsOpen(within))
            throw Refused(segment, $"{Where()} has no fields that a filter can name");
        var found = DescriptorPath.Field(within, segment.Name) ?? throw Refused(segment, $"{within.FullName} has no such field");
        if (protoPath.Length > 0)
            protoPath.Append('.');
        protoPath.Append(found.Name);
        steps.Add(next => new FieldStep(found, next));
        Arrive(found);
    }

    private void Arrive(FieldDescriptor at)
    {
        last = at;
        within = at.FieldType == FieldType.Message && !at.IsMap ? at.MessageType : null;
        End = at.IsMap ? PathEnd.Map : at.IsRepeated ? PathEnd.List : within == Value.Descriptor ? PathEnd.Dynamic : PathEnd.Single;
    }

    private string Where() => last?.FullName ?? "the root";

    private static FilterException Refused(Segment segment, string why) =>
        new(segment.Position, $"found {FilterException.Shown(segment.Name)}, expected a field: {why}");

    // The fields of times and of Any are an encoding, not something that people know by name.
    private static bool IsOpen(MessageDescriptor type) => type.File.Package != "google.protobuf";

    private readonly record struct Segment(int Position, string Name, bool IsKey);
}
