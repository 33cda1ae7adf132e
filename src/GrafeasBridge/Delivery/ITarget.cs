using GrafeasBridge.Mapping;

namespace GrafeasBridge.Delivery;

/// <summary>One place where attributes go. Every verb may be repeated without harm, and may throw <see cref="TargetException"/>.</summary>
internal interface ITarget
{
    /// <summary>All attributes that the version carries, the bridge's and others'.</summary>
    /// <exception cref="TargetException">With a missing outcome when the version, or what holds it, is not there.</exception>
    Task<IReadOnlyList<CarriedAttribute>> ReadAsync(VersionCoordinates version, CancellationToken cancellationToken);

    /// <summary>Creates the version and what holds it, as far as the configuration allows.</summary>
    /// <param name="version">The version to create.</param>
    /// <param name="missing">How reading it ended.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="TargetException">With the missing outcome, and what to do about it, when it may not.</exception>
    Task CreateAsync(VersionCoordinates version, TargetException missing, CancellationToken cancellationToken);

    /// <summary>Sets these attributes, each replacing what stood under its name; others stay.</summary>
    Task SetAsync(VersionCoordinates version, IReadOnlyList<MappedAttribute> attributes, CancellationToken cancellationToken);

    /// <summary>Removes these attributes; others stay.</summary>
    /// <param name="version">The version that carries them.</param>
    /// <param name="names">Never empty: at a Bintray-shaped target no names would mean all of them.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    Task RemoveAsync(VersionCoordinates version, IReadOnlyList<string> names, CancellationToken cancellationToken);
}

/// <summary>An attribute as a target reports it.</summary>
/// <param name="Type">Null when the target names a type that the bridge does not know.</param>
/// <param name="Values">As the target wrote them, in its order, as text.</param>
internal sealed record CarriedAttribute(string Name, AttributeType? Type, IReadOnlyList<string> Values);

/// <summary>A call to a target that did not do what was asked.</summary>
/// <param name="outcome">Never a <see cref="OutcomeNature.Done"/> one.</param>
/// <param name="sentence">Safe to store and to show: bounded, without control characters, without credentials.</param>
/// <param name="retryAfter">What the target asked for, or when the circuit closes; null when nobody said.</param>
internal sealed class TargetException(DeliveryOutcome outcome, string sentence, TimeSpan? retryAfter = null, Exception? cause = null)
    : Exception(sentence, cause)
{
    public DeliveryOutcome Outcome { get; } = outcome;

    public TimeSpan? RetryAfter { get; } = retryAfter;
}
