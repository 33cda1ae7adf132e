using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grafeas.V1;
using Grafeas.V1.Project;
using GrafeasBridge.V1;

namespace GrafeasBridge.Api.Rest;

/// <summary>Which types of google.protobuf.Any can be written as JSON, here and by transcoding.</summary>
internal static class AnyTypes
{
    /// <summary>
    /// Our services, the well-known types, and the error details, without which an error with details would become an empty 500.
    /// </summary>
    public static readonly TypeRegistry Registry = TypeRegistry.FromFiles(
        GrafeasReflection.Descriptor,
        ProjectReflection.Descriptor,
        Grafeas.V1Beta1.GrafeasReflection.Descriptor,
        Grafeas.V1Beta1.Project.ProjectReflection.Descriptor,
        BridgeReflection.Descriptor,
        BuildsReflection.Descriptor,
        StatusReflection.Descriptor,
        ErrorDetailsReflection.Descriptor,
        StructReflection.Descriptor,
        WrappersReflection.Descriptor,
        TimestampReflection.Descriptor,
        DurationReflection.Descriptor,
        FieldMaskReflection.Descriptor,
        EmptyReflection.Descriptor);

    /// <summary>The type that a type URL names; null when it is not known, or is Any itself.</summary>
    public static MessageDescriptor? Find(string typeUrl)
    {
        var slash = typeUrl.LastIndexOf('/');
        var type = slash < 0 ? null : Registry.Find(typeUrl[(slash + 1)..]);
        return type == Any.Descriptor ? null : type;
    }
}
