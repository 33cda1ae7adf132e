using Google.Protobuf.WellKnownTypes;
using GrafeasBridge.Store;

namespace GrafeasBridge.Api;

/// <summary>Refusals of the store, told with what the call was about.</summary>
internal static class StoreErrors
{
    public static async Task<Empty> AboutAsync(Task call, string type, string name)
    {
        try
        {
            await call;
            return new Empty();
        }
        catch (StoreException refused) when (!refused.Failure.IsTransient() && !refused.Failure.NeedsPerson())
        {
            throw Errors.From(refused, type, name);
        }
    }
}
