using GrafeasBridge.Delivery;
using GrafeasBridge.Delivery.Bintray;
using GrafeasBridge.Delivery.Embedded;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Tests.Delivery;

public sealed class DeliveryOptionsTests
{
    private static readonly string[] Good =
    [
        "Targets:0:Name=main", "Targets:0:BaseUrl=https://api.example", "Targets:0:Username=u", "Targets:0:ApiKey=k3y-s3cret",
    ];

    [Fact]
    public void The_defaults_and_a_plain_target_are_valid()
    {
        var targets = Start(Good);

        var target = Assert.IsType<BintrayOptions>(Assert.Single(targets.Targets));
        Assert.Equal(("Targets:0", "main", CreateMissing.Version), (target.Key, target.Name, target.CreateMissing));
        Assert.Equal("k3y-s3cret", target.ApiKey!.Reveal());
        Assert.Equal("***", target.ApiKey.ToString());
        Assert.Equal("***", $"{target.ApiKey}");
    }

    [Fact]
    public void No_target_at_all_is_valid_and_means_the_embedded_one() => Assert.Empty(Start().Targets);

    [Theory]
    [InlineData("Delivery:Concurrency=0", "Delivery:Concurrency is 0; set it to a value from 1 to 256.")]
    [InlineData("Delivery:Horizon=2.23:59:59", "Delivery:Horizon is 2.23:59:59; set it to a value from 3.00:00:00 to 30.00:00:00.")]
    [InlineData("Delivery:Lease=00:01:00", "Delivery:Lease (00:01:00) must be longer than Delivery:TotalTimeout (00:01:00); raise the lease or lower the time-out.")]
    [InlineData("Delivery:MaxRetryDelay=00:00:04", "Delivery:MaxRetryDelay (00:00:04) must not be shorter than Delivery:FirstRetry (00:00:05); raise the one or lower the other.")]
    [InlineData("Drift:CallsPerMinute=6001", "Drift:CallsPerMinute is 6001; set it to a value from 0 to 6000.")]
    [InlineData("Drift:FirstCheck=00:01:59", "Drift:FirstCheck (00:01:59) must not be shorter than Delivery:Lease (00:02:00); raise the one or lower the lease.")]
    [InlineData("Drift:OnDeleted=7", "Drift:OnDeleted is 7; set it to Park or Recreate.")]
    [InlineData("Targets:0:Name=Main", "Targets:0:Name is 'Main'; set it to 1 to 63 of a-z, 0-9 and -, not beginning or ending with -.")]
    [InlineData("Targets:0:Name=embedded", "Targets:0:Name is 'embedded', which is kept for the embedded emulator; choose another.")]
    [InlineData("Targets:0:Kind=Embedded", "Targets:0:Kind is Embedded, whose target comes by itself when none is configured; set it to one of: Bintray.")]
    [InlineData("Targets:0:BaseUrl=ftp://x", "Targets:0:BaseUrl is 'ftp://x'; set it to an absolute http or https URL.")]
    [InlineData("Targets:0:BaseUrl=api.example", "Targets:0:BaseUrl is 'api.example'; set it to an absolute http or https URL.")]
    [InlineData("Targets:0:BaseUrl=http://api.example", "Targets:0:BaseUrl is 'http://api.example', which would send the API key in clear; use https, or set Targets:0:AllowInsecure to true.")]
    [InlineData("Targets:0:BaseUrl=https://u:p4ss@api.example", "Targets:0:BaseUrl holds credentials; move the secret to Targets:0:ApiKeyFile.")]
    [InlineData("Targets:0:BaseUrl=https://api.example/?token=x", "Targets:0:BaseUrl has a query or fragment; leave only scheme, host, port and path.")]
    [InlineData("Targets:0:Username=", "Targets:0:Username is ''; set it to the user of the API key, without ':' or control characters.")]
    [InlineData("Targets:0:ApiKey=", "Targets:0 needs exactly one of Targets:0:ApiKey and Targets:0:ApiKeyFile; neither is set: set one.")]
    [InlineData("Targets:0:ApiKeyFile=/no/such/file", "Targets:0 needs exactly one of Targets:0:ApiKey and Targets:0:ApiKeyFile; both are set: remove one.")]
    [InlineData("Targets:0:MaxRetries=11", "Targets:0:MaxRetries is 11; set it to a value from 0 to 10.")]
    [InlineData("Targets:0:AttemptTimeout=00:00:31", "Targets:0:CallTimeout (00:00:30) must not be shorter than Targets:0:AttemptTimeout (00:00:31); raise the one or lower the other.")]
    [InlineData("Targets:0:BaseUri=https://api.example", "Targets:0:BaseUri is not a setting of a target of kind Bintray; remove it or correct its spelling.")]
    [InlineData("Targets:0:Kind=Artifactory", "Targets:0:Kind is 'Artifactory', which is no kind of target; set it to one of: Bintray.")]
    [InlineData("Targets:0:CreateMissing=7", "Targets:0:CreateMissing is 7; set it to one of Nothing, Version, Package, Repository.")]
    [InlineData("Targets:1:Name=main", "The name 'main' is used by Targets:0 and Targets:1; give each its own Name.")]
    public void A_wrong_setting_stops_the_start_with_its_key_its_value_and_the_remedy(string setting, string message)
    {
        var refusal = Assert.ThrowsAny<Exception>(() => Start([.. Good, setting]));

        Assert.Contains(message, refusal.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("k3y-s3cret", refusal.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("p4ss", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void All_problems_are_reported_at_once()
    {
        var refusal = Assert.ThrowsAny<Exception>(() => Start("Targets:0:Name=", "Targets:0:BaseUrl=x", "Targets:0:Username=a:b"));

        foreach (var part in new[] { "Targets:0:Name", "Targets:0:BaseUrl", "Targets:0:Username", "Targets:0 needs exactly one" })
            Assert.Contains(part, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plain_http_is_fine_on_loopback_and_where_it_is_asked_for()
    {
        Start([.. Good, "Targets:0:BaseUrl=http://127.0.0.1:8082"]);
        Start([.. Good, "Targets:0:BaseUrl=http://localhost:8082/api/v1"]);
        Start([.. Good, "Targets:0:BaseUrl=http://artifacts.internal", "Targets:0:AllowInsecure=true"]);
    }

    private static TargetsOptions Start(params string[] settings)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var setting in settings)
            values[setting.Split('=', 2)[0]] = setting.Split('=', 2)[1];
        var services = new ServiceCollection();
        services.AddDelivery(new ConfigurationBuilder().AddInMemoryCollection(values).Build()).AddBintray().AddEmbedded(null);
        using var provider = services.BuildServiceProvider();
        provider.GetRequiredService<IStartupValidator>().Validate();
        return provider.GetRequiredService<IOptions<TargetsOptions>>().Value;
    }
}
