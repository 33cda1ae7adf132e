using System.Globalization;
using Google.Protobuf.Reflection;

namespace GrafeasBridge.Store;

/// <summary>Kinds by the numbers under which the store keeps them: those of grafeas.v1, and beyond them those that only v1beta1 has.</summary>
internal static class StoredKinds
{
    /// <summary>What is added to a kind of v1beta1 that grafeas.v1 does not have: more than v1 may come to have, so that none meet.</summary>
    public const int BetaOnly = 1000;

    private static readonly EnumDescriptor V1 =
        Grafeas.V1.CommonReflection.Descriptor.FindTypeByName<EnumDescriptor>(nameof(Grafeas.V1.NoteKind));

    private static readonly EnumDescriptor Beta =
        Grafeas.V1Beta1.CommonReflection.Descriptor.FindTypeByName<EnumDescriptor>(nameof(Grafeas.V1Beta1.NoteKind));

    /// <summary>The name as the protos and every caller have it.</summary>
    public static string Name(int kind)
    {
        var known = kind < BetaOnly ? V1.FindValueByNumber(kind) : Beta.FindValueByNumber(kind - BetaOnly);
        return known?.Name ?? kind.ToString(CultureInfo.InvariantCulture);
    }
}
