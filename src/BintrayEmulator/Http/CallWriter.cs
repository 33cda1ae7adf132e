using BintrayEmulator.Attributes;
using BintrayEmulator.Storage;

namespace BintrayEmulator.Http;

/// <summary>How one call changes the store. Middleware in front of the routes may put another one into the request's features.</summary>
internal class CallWriter
{
    public static CallWriter Default { get; } = new();

    public virtual Task<T> WriteAsync<T>(EmulatorStore store, Func<Session, T> work, CancellationToken cancellationToken) =>
        store.WriteAsync(work, cancellationToken);

    /// <summary>Changes attributes, inside the transaction and before the history remembers what they are then.</summary>
    /// <param name="written">What the call sets; empty when it deletes.</param>
    public virtual Answer ChangeAttributes(
        Session session, AttributeOwner owner, IReadOnlyList<StoredAttribute> written, Func<Answer> change) => change();
}
