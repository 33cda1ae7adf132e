namespace GrafeasBridge.Api;

/// <summary>Sizes of pages.</summary>
internal static class Pages
{
    public const int DefaultSize = 20;
    public const int DefaultProjects = 100;

    /// <summary>Tag and length of each element of an answer.</summary>
    public const int ItemOverhead = 8;

    /// <param name="key">The setting that the limit comes from; empty when it is fixed.</param>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT for a negative size or one over the limit.</exception>
    public static int Size(int asked, int fallback, int limit, string key = "") => asked switch
    {
        0 => Math.Min(fallback, limit),
        < 0 => throw Errors.Invalid("page_size", $"is {asked}; it must not be negative"),
        _ when asked > limit => throw Errors.Invalid("page_size", $"is {asked}; at most {limit} are allowed{(key.Length == 0 ? string.Empty : $" ({key})")}"),
        _ => asked,
    };
}
