using System.Runtime.InteropServices;

namespace GrafeasBridge.Store;

/// <summary>A note that is there: the key of its name, and its kind.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct NoteKey(long Name, int Kind);

/// <summary>A bounded memory of keys. When full it starts over: what is in use comes back at the price of one look-up each.</summary>
internal sealed class KeyCache<TName, TKey>
    where TName : notnull
    where TKey : struct
{
    private const int Capacity = 8192;
    private readonly Dictionary<TName, TKey> keys = [];

    public bool TryGet(TName name, out TKey key) => keys.TryGetValue(name, out key);

    public TKey Keep(TName name, TKey key)
    {
        if (keys.Count >= Capacity)
            keys.Clear();
        keys[name] = key;
        return key;
    }

    public void Remove(TName name) => keys.Remove(name);

    public void Clear()
    {
        if (keys.Count > 0)
            keys.Clear();
    }
}
