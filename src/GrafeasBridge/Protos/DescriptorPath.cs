using System.Text;
using Google.Protobuf.Reflection;

namespace GrafeasBridge.Protos;

/// <summary>Resolves field names, and dotted paths of them such as <c>build.provenance.id</c>, over message descriptors.</summary>
internal static class DescriptorPath
{
    /// <summary>The field of this name, in its proto or its JSON spelling: <c>short_description</c> or <c>shortDescription</c>.</summary>
    /// <returns>Null when there is none.</returns>
    public static FieldDescriptor? Field(MessageDescriptor type, string name) =>
        type.FindFieldByName(name) ?? type.Fields.InFieldNumberOrder().FirstOrDefault(field => field.JsonName == name);

    /// <summary>The fields from <paramref name="type"/> to the end of the path.</summary>
    /// <param name="enters">Whether a path may go on in the message of this field; without it, in the message of every field.</param>
    /// <param name="find">Finds a field by its name; <see cref="Field"/> unless given.</param>
    /// <returns>Null when a name is no field where it stands.</returns>
    public static FieldDescriptor[]? Resolve(
        MessageDescriptor type,
        string path,
        Func<FieldDescriptor, bool>? enters = null,
        Func<MessageDescriptor, string, FieldDescriptor?>? find = null)
    {
        var names = path.Split('.');
        var fields = new FieldDescriptor[names.Length];
        var within = type;
        for (var i = 0; i < names.Length; i++)
        {
            if (within is null || (find ?? Field)(within, names[i]) is not { } field)
                return null;
            fields[i] = field;
            within = field.FieldType == FieldType.Message && enters?.Invoke(field) != false ? field.MessageType : null;
        }

        return fields;
    }

    /// <summary>resource_uri as resourceUri.</summary>
    public static string CamelCase(string name)
    {
        var camel = new StringBuilder(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] != '_')
                camel.Append(i > 0 && name[i - 1] == '_' ? char.ToUpperInvariant(name[i]) : name[i]);
        }

        return camel.ToString();
    }
}
