namespace GrafeasBridge.Store;

/// <summary>The configured targets. Every version is kept at each of them; the host registers the one instance.</summary>
internal sealed record ConfiguredTargets(IReadOnlyList<string> Names);
