using GrafeasBridge.Store;
using GrafeasBridge.Store.Postgres;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

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

    [Theory]
    [InlineData("", "names no Host")]
    [InlineData("Host=db", "names no Database or no Username")]
    [InlineData("Host=db;Colour=red", "Store:Connection is not understood")]
    [InlineData("Host=db;Database=b;Username=u;Password=hunter2", "Store:Connection holds a password")]
    public void A_wrong_connection_stops_the_start_with_a_sentence_that_repeats_no_password(string connection, string said)
    {
        var refusal = Assert.Throws<OptionsValidationException>(() => Validate(new("Store:Provider", "Postgres"), new("Store:Connection", connection)));
        Assert.Contains(said, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_password_file_that_is_not_there_stops_the_start() => Assert.Contains(
        "Store:PasswordFile (/none) is not there",
        Assert.Throws<OptionsValidationException>(() => Validate(
            new("Store:Provider", "Postgres"), new("Store:Connection", "Host=db;Database=b;Username=u"), new("Store:PasswordFile", "/none"))).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("Host=db.example.com", SslMode.VerifyFull)]
    [InlineData("Host=localhost,db.example.com", SslMode.VerifyFull)]
    [InlineData("Host=db.example.com;SSL Mode=Disable", SslMode.Disable)]
    [InlineData("Host=db.example.com;sslmode=require", SslMode.Require)]
    [InlineData("Host=127.0.0.1", SslMode.Prefer)]
    [InlineData("Host=/var/run/postgresql", SslMode.Prefer)]
    public void Whom_the_bridge_speaks_to_over_a_network_is_verified_unless_somebody_says_otherwise(string connection, SslMode mode)
    {
        var settings = PostgresDatabase.Complete(new StoreOptions { Connection = connection + ";Database=b;Username=u" });
        Assert.Equal(mode, settings.SslMode);
        Assert.Contains("synchronous_commit=on", settings.Options, StringComparison.Ordinal);
    }

    private static void Validate(params KeyValuePair<string, string?>[] settings)
    {
        using var services = new ServiceCollection()
            .AddStore(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .BuildServiceProvider();
        services.GetRequiredService<IStartupValidator>().Validate();
    }
}
