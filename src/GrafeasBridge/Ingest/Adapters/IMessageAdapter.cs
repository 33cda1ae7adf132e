using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;
using GrafeasBridge.Api;
using GrafeasBridge.Filtering;
using GrafeasBridge.Store;

namespace GrafeasBridge.Ingest.Adapters;

/// <summary>What is stored of a note or an occurrence.</summary>
/// <param name="V1">What the mapping and readers of grafeas.v1 see.</param>
/// <param name="Content"><paramref name="V1"/> as protobuf.</param>
/// <param name="Original">As in <see cref="StoredMessage"/>.</param>
/// <param name="Kind">As in <see cref="NewNote"/>.</param>
internal sealed record StoredForm<TV1>(TV1 V1, byte[] Content, byte[]? Original, int Kind);

/// <summary>
/// Notes or occurrences as one version of the API writes them: what is asked of a message, what is stored of it, and how it is
/// read. Whatever else is done with them is the same for every version.
/// </summary>
internal interface IMessageAdapter<T, TV1>
    where T : class, IMessage<T>, IDeepCloneable<T>
{
    /// <summary>Tells lists of different versions apart; empty for grafeas.v1.</summary>
    string Version { get; }

    /// <summary>The request's field that holds the message: note or occurrence.</summary>
    string Field { get; }

    /// <summary>The oneof that makes the kind: type or details.</summary>
    string KindField { get; }

    /// <summary>What a list filter may speak of.</summary>
    FilterSubject Subject { get; }

    T Read(StoredMessage stored);

    /// <summary>Clears the server's fields.</summary>
    void Clear(T message);

    /// <summary>Writes the server's fields of a new message.</summary>
    void Set(T message, string name, Timestamp now);

    /// <summary>Moves the time of the last change.</summary>
    void Touch(T message, DateTimeOffset now);

    /// <summary>Finds every problem. The path of the message has been entered.</summary>
    void Check(ref Checker check, T message);

    /// <summary>The kind as the version names it.</summary>
    string KindOf(T message);

    /// <summary>Paths and values that no update may change.</summary>
    IEnumerable<(string Field, string Value)> Fixed(T message);

    /// <summary>What is stored in the place of <paramref name="before"/>, nothing lost that this version cannot say.</summary>
    StoredForm<TV1> Changed(StoredMessage before, T after);
}

/// <summary>Notes of one version.</summary>
internal interface INoteAdapter<T> : IMessageAdapter<T, Note>
    where T : class, IMessage<T>, IDeepCloneable<T>
{
    /// <param name="note">With the server's fields.</param>
    StoredForm<Note> New(T note);
}

/// <summary>Occurrences of one version.</summary>
internal interface IOccurrenceAdapter<T> : IMessageAdapter<T, Occurrence>
    where T : class, IMessage<T>, IDeepCloneable<T>
{
    /// <summary>Path of the resource's URI.</summary>
    string ResourceField { get; }

    string NoteName(T occurrence);

    /// <param name="occurrence">With the server's fields.</param>
    /// <param name="written">The occurrence as protobuf without them.</param>
    StoredForm<Occurrence> New(T occurrence, byte[] written);
}

/// <summary>Keeps what another version wrote in step with a change that came by way of grafeas.v1.</summary>
internal interface IVersionedMessages
{
    /// <param name="before">With an original.</param>
    StoredForm<Note> ApplyV1Change(StoredMessage before, Note after);

    /// <inheritdoc cref="ApplyV1Change(StoredMessage,Note)"/>
    StoredForm<Occurrence> ApplyV1Change(StoredMessage before, Occurrence after);
}
