using System.Text;
using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;

namespace GrafeasBridge.Documentation;

/// <summary>What the protos say about their services, methods, messages and fields, by full name.</summary>
internal sealed class ProtoComments
{
    private const string Resource = "GrafeasBridge.protos.pb";

    // Field numbers within descriptor.proto, of which the path of a comment is made.
    private const int FileMessages = 4;
    private const int FileEnums = 5;
    private const int FileServices = 6;
    private const int MessageFields = 2;
    private const int MessageNested = 3;
    private const int MessageEnums = 4;
    private const int EnumValues = 2;
    private const int ServiceMethods = 2;

    private readonly Dictionary<string, string> comments = new(StringComparer.Ordinal);

    private ProtoComments()
    {
    }

    /// <summary>From the descriptors that the build has put into the program.</summary>
    public static ProtoComments Load()
    {
        using var stream = typeof(ProtoComments).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The program was built without {Resource}.");
        var all = new ProtoComments();
        foreach (var file in FileDescriptorSet.Parser.ParseFrom(stream).File)
        {
            foreach (var location in file.SourceCodeInfo.Location)
            {
                if (location.LeadingComments.Length > 0 && NameAt(file, location.Path) is { } name)
                    all.comments[name] = Plain(location.LeadingComments);
            }
        }

        return all;
    }

    /// <summary>The comment in full; empty when there is none.</summary>
    public string Of(IDescriptor descriptor) => comments.GetValueOrDefault(descriptor.FullName, string.Empty);

    private static string? NameAt(FileDescriptorProto file, RepeatedField<int> path)
    {
        if (path.Count < 2)
            return null;
        var rest = path[0] switch
        {
            FileMessages => InMessage(file.MessageType[path[1]], path, 2),
            FileEnums => InEnum(file.EnumType[path[1]], path, 2),
            FileServices when path.Count == 2 => file.Service[path[1]].Name,
            FileServices when path.Count == 4 && path[2] == ServiceMethods => $"{file.Service[path[1]].Name}.{file.Service[path[1]].Method[path[3]].Name}",
            _ => null,
        };
        return rest is null ? null : $"{file.Package}.{rest}";
    }

    private static string? InMessage(DescriptorProto message, RepeatedField<int> path, int at)
    {
        if (path.Count == at)
            return message.Name;
        if (path.Count < at + 2)
            return null;
        var rest = path[at] switch
        {
            MessageFields when path.Count == at + 2 => message.Field[path[at + 1]].Name,
            MessageNested => InMessage(message.NestedType[path[at + 1]], path, at + 2),
            MessageEnums => InEnum(message.EnumType[path[at + 1]], path, at + 2),
            _ => null,
        };
        return rest is null ? null : $"{message.Name}.{rest}";
    }

    // A value's full name does not hold its enum's name in protobuf, but here nothing else is asked for.
    private static string? InEnum(EnumDescriptorProto type, RepeatedField<int> path, int at)
    {
        if (path.Count == at)
            return type.Name;
        return path.Count == at + 2 && path[at] == EnumValues ? $"{type.Name}.{type.Value[path[at + 1]].Name}" : null;
    }

    // Lines of a paragraph are joined; an empty line stays.
    private static string Plain(string comment)
    {
        var text = new StringBuilder();
        foreach (var paragraph in comment.Trim().Split("\n\n"))
        {
            if (text.Length > 0)
                text.Append("\n\n");
            text.AppendJoin(' ', paragraph.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        }

        return text.ToString();
    }
}
