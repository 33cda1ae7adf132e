using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Rest;

/// <summary>One whole service for the tests of a class; each test uses projects of its own.</summary>
public sealed class BridgeFixture : IAsyncLifetime
{
    private BridgeHost? host;

    public BridgeHost Host => host ?? throw new InvalidOperationException("The service has not been started.");

    public async ValueTask InitializeAsync() => host = await BridgeHost.StartAsync();

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
