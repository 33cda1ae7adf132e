using GrafeasBridge.Store;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Tests.Store;

public sealed class StoreOptionsTests
{
    [Fact]
    public void The_defaults_are_valid() => Validate();

    [Theory]
    [InlineData("Provider", "Oracle", "Store:Provider (Oracle) is not known. Set it to Sqlite or Postgres.")]
    [InlineData("Path", "", "Path")]
    [InlineData("Path", ":memory:", "Store:Path (:memory:)")]
    [InlineData("Path", "file:x?mode=memory", "Store:Path (file:x?mode=memory)")]
    [InlineData("Path", "/", "Store:Path (/) is a directory")]
    [InlineData("MaxQueuedWrites", "0", "MaxQueuedWrites")]
    [InlineData("MaxQueuedBytes", "1000", "MaxQueuedBytes")]
    [InlineData("MaxWalBytes", "1000", "MaxWalBytes")]
    [InlineData("Readers", "65", "Readers")]
    public void A_wrong_setting_stops_the_start_with_a_sentence(string key, string value, string said)
    {
        var refusal = Assert.Throws<OptionsValidationException>(() => Validate(new KeyValuePair<string, string?>("Store:" + key, value)));
        Assert.Contains(said, refusal.Message, StringComparison.Ordinal);
    }

    private static void Validate(params KeyValuePair<string, string?>[] settings)
    {
        using var services = new ServiceCollection()
            .AddStore(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .BuildServiceProvider();
        services.GetRequiredService<IStartupValidator>().Validate();
    }
}
