using Google.Protobuf;
using GrafeasBridge.Tests.Query;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.V1;

namespace GrafeasBridge.Tests.Receipts;

/// <summary>The commands on the page of receipts, run as they stand there.</summary>
[Needs(Need.OpenSsl)]
public sealed class OpensslTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_stranger_with_openssl_and_jq_can_check_a_receipt_and_a_proof_as_the_page_tells()
    {
        NeedsAttribute.Check(Need.OpenSsl);
        Assert.SkipUnless(await RunsAsync("jq --version && openssl version | grep -q 'OpenSSL 3'"), "jq and openssl 3 are not here");
        string[] blocks = [.. (await File.ReadAllTextAsync(RepositoryFiles.PathOf("src", "GrafeasBridge", "Receipts", "README.md"), Cancelled))
            .Split("```").Where(part => part.StartsWith("sh\n", StringComparison.Ordinal)).Select(part => part[3..])];
        Assert.Equal(2, blocks.Length);
        await using var host = await BridgeHost.StartAsync();
        await BuildSamples.NoteAsync(host, "ü");
        var stored = await BuildSamples.SendAsync(host, "ü", BuildSamples.WithFacts("ü", "1"));
        await BuildSamples.UntilAsync(host, BuildSamples.Version("1"), DeliveryState.Verified);
        await SaveAsync(host.Rest, "keys.json", "/receipts/keys");
        await SaveAsync(host.Rest, "receipt.json", $"/bridge/v1/{Uri.EscapeDataString(stored.Name).Replace("%2F", "/", StringComparison.Ordinal)}/receipt");
        await SaveAsync(host.Rest, "proof.json", "/bridge/v1/targets/embedded/subjects/acme/repos/images/packages/team:web/versions/1/proof");
        using var emulator = new HttpClient { BaseAddress = host.Emulator };
        await SaveAsync(emulator, "attributes.json", "/packages/acme/images/team:web/versions/1/attributes");

        Assert.Equal((0, "Signature Verified Successfully"), await ShellAsync(blocks[0]));
        var proof = DeliveryProof.Parser.ParseJson(await File.ReadAllTextAsync(folder.File("proof.json"), Cancelled));
        Assert.Equal((0, proof.ReadBackHash["sha256:".Length..] + "  -"), await ShellAsync(blocks[1]));

        var receipt = Receipt.Parser.ParseJson(await File.ReadAllTextAsync(folder.File("receipt.json"), Cancelled));
        receipt.Sequence++;
        await File.WriteAllTextAsync(folder.File("receipt.json"), JsonFormatter.Default.Format(receipt), Cancelled);
        Assert.NotEqual(0, (await ShellAsync(blocks[0])).Code);
    }

    private async Task SaveAsync(HttpClient http, string file, string path) =>
        await File.WriteAllTextAsync(folder.File(file), await http.GetStringAsync(new Uri(path, UriKind.Relative), Cancelled), Cancelled);

    private async Task<bool> RunsAsync(string script) => (await ShellAsync(script)).Code == 0;

    private async Task<(int Code, string Output)> ShellAsync(string script)
    {
        var result = await ProgramRun.RunAsync("/bin/bash", ["-ec", script], folder.Path);
        return (result.Code, result.Output.Trim());
    }
}
