using GrafeasBridge.Mapping;

namespace GrafeasBridge.Delivery.Bintray;

/// <summary>How attributes with types are compared.</summary>
internal static class BintrayTypes
{
    /// <summary>By type and, as a set, by what the values mean.</summary>
    public static bool Same(MappedAttribute wanted, CarriedAttribute carried) =>
        SameType(wanted.Type, carried.Type) && AttributeValues.Same(wanted.Type, wanted.Values, carried.Values);

    // Bintray's manual: a version behaves like a string. A type that is not known is never the one that is wanted.
    private static bool SameType(AttributeType wanted, AttributeType? carried) =>
        wanted == carried || (IsText(wanted) && carried is { } type && IsText(type));

    private static bool IsText(AttributeType type) => type is AttributeType.String or AttributeType.Version;
}
