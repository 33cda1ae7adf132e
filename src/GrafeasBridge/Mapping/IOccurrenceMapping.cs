using Grafeas.V1;

namespace GrafeasBridge.Mapping;

/// <summary>The interface of this room: from occurrences to coordinates and attributes. Pure: no clock, no store, no network.</summary>
internal interface IOccurrenceMapping
{
    /// <summary>Says which versions an occurrence concerns. Never throws on any well-formed message.</summary>
    VersionResolution Resolve(Occurrence occurrence);

    /// <summary>
    /// Resolves occurrences that differ in their resource only, one by one: what they share is read from the first, and each
    /// digest tag is returned once.
    /// </summary>
    Func<Occurrence, VersionResolution> ResolveAlike();

    /// <summary>Starts mapping one version. Occurrences are added one by one so that memory does not grow with their number.</summary>
    IVersionFold Begin();

    /// <summary>
    /// Goes on where a fold was saved: what is then added must not have been added before. A state that another mapping table
    /// made serves as far as it goes, and attributes tell in their loss what they may lack.
    /// </summary>
    /// <exception cref="InvalidDataException">It is no saved state that this program reads.</exception>
    IVersionFold Begin(byte[] saved);
}

/// <summary>Gathers the occurrences of one version. The order of <see cref="Add"/> never changes <see cref="Finish"/>.</summary>
internal interface IVersionFold
{
    /// <param name="occurrence">As stored: with name, kind and times set.</param>
    void Add(Occurrence occurrence);

    /// <summary>The attributes, sorted by name (ordinal).</summary>
    IReadOnlyList<MappedAttribute> Finish();

    /// <summary>All that <see cref="Finish"/> depends on, to go on with later. As large as the limits of the mapping allow, however many were added.</summary>
    byte[] Save();
}
