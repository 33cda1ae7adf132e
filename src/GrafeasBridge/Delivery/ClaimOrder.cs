using GrafeasBridge.Store;

namespace GrafeasBridge.Delivery;

/// <summary>
/// Newest first, and one in ten the oldest: what was built now is what people wait for, and what has waited longest still gets on,
/// however much that is new arrives.
/// </summary>
internal sealed class ClaimOrder(TimeSpan lease)
{
    private const int OneIn = 10;
    private int turn;

    public ClaimTerms Next(int count)
    {
        var oldest = (turn + count) / OneIn;
        turn = (turn + count) % OneIn;
        return new ClaimTerms(count - oldest, oldest, lease);
    }
}
