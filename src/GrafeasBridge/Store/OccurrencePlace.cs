using System.Runtime.InteropServices;

namespace GrafeasBridge.Store;

/// <summary>Where an occurrence stands among those of its version, which are read in parts.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct OccurrencePlace(long Project, long Occurrence)
{
    /// <summary>Bytes after which a part ends; one larger occurrence is a part of its own.</summary>
    public const int PartBytes = 4 << 20;

    public const int PartRows = 256;
}
