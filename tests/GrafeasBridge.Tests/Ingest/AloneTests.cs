using Grafeas.V1;
using GrafeasBridge.Api;
using GrafeasBridge.Ingest;
using GrafeasBridge.Ingest.Adapters;
using GrafeasBridge.Mapping;
using GrafeasBridge.Receipts;
using GrafeasBridge.Store;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace GrafeasBridge.Tests.Ingest;

/// <summary>grafeas.v1 runs without v1beta1.</summary>
public sealed class AloneTests
{
    [Fact]
    public async Task The_services_of_v1_are_complete_without_v1beta1()
    {
        var configuration = new ConfigurationBuilder().Build();
        await using var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddSingleton(new TargetNames(["test"]))
            .AddApi(configuration).AddIngest(configuration).AddStore(configuration).AddReceipts(configuration).AddMapping(configuration)
            .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true });
        Assert.NotNull(services.GetRequiredService<GrafeasService>());
        Assert.NotNull(services.GetRequiredService<ProjectsService>());
    }

    [Fact]
    public void Where_v1beta1_is_not_served_a_change_replaces_what_it_wrote()
    {
        var note = new Note { Name = "projects/p/notes/n", ShortDescription = "after" };
        var before = new StoredMessage([1], [2]);
        var changed = new V1OnlyMessages().ApplyV1Change(before, note);
        Assert.Null(changed.Original);
        Assert.Equal(note, Note.Parser.ParseFrom(changed.Content));
    }
}
