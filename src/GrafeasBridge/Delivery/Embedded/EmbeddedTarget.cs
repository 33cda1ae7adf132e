using GrafeasBridge.Delivery.Bintray;

namespace GrafeasBridge.Delivery.Embedded;

/// <summary>The emulator inside this process, as the target that is used when none is configured.</summary>
internal sealed record EmbeddedTarget(string BaseUrl, string Username, Secret ApiKey)
{
    /// <summary>Kept for it in the store, so no other target may have it.</summary>
    public const string Name = "embedded";

    public TargetOptions ToOptions() => new BintrayOptions
    {
        Key = "the embedded target",
        Kind = EmbeddedKind.KindName,
        Name = Name,
        BaseUrl = BaseUrl,
        Username = Username,
        ApiKey = ApiKey,
        AllowInsecure = true, // the key never leaves the process
        CreateMissing = CreateMissing.Repository,
    };
}
