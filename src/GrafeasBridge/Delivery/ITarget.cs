using GrafeasBridge.Mapping;

namespace GrafeasBridge.Delivery;

/// <summary>One place where attributes go. Every verb may be repeated without harm, and may throw <see cref="TargetException"/>.</summary>
internal interface ITarget
{
    /// <summary>All attributes that the version carries, the bridge's and others'.</summary>
    /// <exception cref="TargetException"><see cref="DeliveryOutcome.Missing"/> when the version, or something that holds it, is not there.</exception>
    Task<IReadOnlyList<CarriedAttribute>> ReadAsync(VersionCoordinates version, CancellationToken cancellationToken);

    /// <summary>Whether an attribute that the target carries says what is wanted, as far as its kind can tell. Pure.</summary>
    bool Same(MappedAttribute wanted, CarriedAttribute carried);

    /// <summary>
    /// Makes a version that is missing ready to be written: creates it and what holds it, as far as the target's settings allow. A kind
    /// of target where writing needs no preparation does nothing; one that never creates throws <paramref name="missing"/> again.
    /// </summary>
    /// <param name="version">The version that is to carry attributes.</param>
    /// <param name="missing">How reading it ended.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="TargetException"><see cref="DeliveryOutcome.Missing"/>, with what to do about it, when it may not be created.</exception>
    Task PrepareAsync(VersionCoordinates version, TargetException missing, CancellationToken cancellationToken);

    /// <summary>Sets these attributes, each replacing what stood under its name; others stay.</summary>
    Task SetAsync(VersionCoordinates version, IReadOnlyList<MappedAttribute> attributes, CancellationToken cancellationToken);

    /// <summary>Removes these attributes; others stay.</summary>
    /// <param name="version">The version that carries them.</param>
    /// <param name="names">Never empty. Names that are not there count as removed.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    Task RemoveAsync(VersionCoordinates version, IReadOnlyList<string> names, CancellationToken cancellationToken);
}

/// <summary>An attribute as a target reports it.</summary>
/// <param name="Type">Null at a target without types, and where it names a type that the bridge does not know: its kind says what that means.</param>
/// <param name="Values">As the target wrote them, in its order, as text.</param>
internal sealed record CarriedAttribute(string Name, AttributeType? Type, IReadOnlyList<string> Values);

/// <summary>A call to a target that did not do what was asked.</summary>
/// <param name="outcome">Never a <see cref="OutcomeNature.Done"/> one.</param>
/// <param name="sentence">Safe to store and to show: bounded, without control characters, without credentials.</param>
/// <param name="retryAfter">What the target asked for, or when the circuit closes; null when nobody said.</param>
internal sealed class TargetException(DeliveryOutcome outcome, string sentence, TimeSpan? retryAfter = null, Exception? cause = null)
    : Exception(sentence, cause)
{
    /// <summary>What is missing, in the words of the target's kind, such as "repository"; null for every other outcome.</summary>
    public string? Missing { get; init; }

    public DeliveryOutcome Outcome { get; } = outcome;

    public TimeSpan? RetryAfter { get; } = retryAfter;
}
