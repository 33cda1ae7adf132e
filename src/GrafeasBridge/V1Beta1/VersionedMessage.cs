using Google.Protobuf;
using GrafeasBridge.Ingest;
using GrafeasBridge.Ingest.Adapters;
using GrafeasBridge.Store;

namespace GrafeasBridge.V1Beta1;

/// <summary>
/// Holds two views of one stored thing together. The content is a message of grafeas.v1; the v1beta1 message is kept beside it
/// only when it says more than the content does. A change to one view moves the other along, and loses nothing of what only
/// that other view can say.
/// </summary>
/// <param name="kind">The number in the store, from both views.</param>
internal sealed class VersionedMessage<TBeta, TV1>(MessageParser<TBeta> beta, MessageParser<TV1> v1, Func<TV1, TBeta, int> kind)
    where TBeta : class, IMessage<TBeta>, IDeepCloneable<TBeta>, new()
    where TV1 : class, IMessage<TV1>, IDeepCloneable<TV1>, new()
{
    /// <summary>What a reader of v1beta1 sees.</summary>
    public TBeta Read(StoredMessage stored) => stored.Original is null
        ? MessageConversion.ToV1Beta1<TBeta>(v1.ParseFrom(stored.Content))
        : beta.ParseFrom(stored.Original);

    /// <summary>A new thing, written as v1beta1.</summary>
    public StoredForm<TV1> New(TBeta message) => Stored(MessageConversion.ToV1<TV1>(message), message);

    /// <summary>A change made by way of v1beta1.</summary>
    public StoredForm<TV1> ChangedByV1Beta1(StoredMessage before, TBeta after)
    {
        var content = v1.ParseFrom(before.Content);
        MessageMerge.Into(content, MessageConversion.ToV1<TV1>(Read(before)), MessageConversion.ToV1<TV1>(after));
        return Stored(content, after);
    }

    /// <summary>A change made by way of grafeas.v1.</summary>
    public StoredForm<TV1> ChangedByV1(StoredMessage before, TV1 after)
    {
        var original = Read(before);
        MessageMerge.Into(original, MessageConversion.ToV1Beta1<TBeta>(v1.ParseFrom(before.Content)), MessageConversion.ToV1Beta1<TBeta>(after));
        return Stored(after, original);
    }

    private StoredForm<TV1> Stored(TV1 content, TBeta message)
    {
        CanonicalMaps.Sort(content);
        var saysMore = !MessageConversion.ToV1Beta1<TBeta>(content).Equals(message);
        byte[]? original = null;
        if (saysMore)
        {
            CanonicalMaps.Sort(message);
            original = message.ToByteArray();
        }

        return new StoredForm<TV1>(content, content.ToByteArray(), original, kind(content, message));
    }
}
