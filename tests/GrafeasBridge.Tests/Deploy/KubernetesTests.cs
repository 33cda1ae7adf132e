using GrafeasBridge.Api.Pipeline;
using GrafeasBridge.Tests.Clients;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Deploy;

/// <summary>deploy/kubernetes: rendered as kubectl does, and checked against the schemas of the Kubernetes API, unknown fields refused.</summary>
[Needs(Need.Kubectl, Need.Node)]
public sealed class KubernetesTests : IDisposable
{
    private const string Base = "kubernetes/base";
    private const string Example = "kubernetes/overlays/example";

    private static readonly string[] Secrets = ["bridge_keys.json", "store_password", "target_api_key", "database_ca.pem"];

    private readonly TemporaryFolder folder = new();

    public KubernetesTests()
    {
        DeployFiles.Copy("kubernetes", folder.Path);
        Directory.CreateDirectory(folder.File($"{Example}/secrets"));
        foreach (var secret in Secrets)
            File.WriteAllText(folder.File($"{Example}/secrets/{secret}"), "for a test");
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(Base, 7)]
    [InlineData(Example, 9)]
    public async Task Every_object_is_as_the_schemas_want_it(string part, int objects)
    {
        (var code, var output, var errors) = await CheckAsync(await RenderAsync(part));
        Assert.True(code == 0, output + errors);
        Assert.Equal(objects, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(line => line.StartsWith("ok ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("maxUnavailable: 0", "maxUnavailble: 0", "/spec/strategy/rollingUpdate/maxUnavailble: unknown field")]
    [InlineData("readOnlyRootFilesystem:", "readOnlyRootFileSystem:", "/securityContext/readOnlyRootFileSystem: unknown field")]
    [InlineData("replicas: 3", "replicas: three", "/spec/replicas: type")]
    [InlineData("cpu: 250m", "cpu: 250 millis", "/resources/requests/cpu")]
    [InlineData("topologyKey: kubernetes.io/hostname", "key: kubernetes.io/hostname", "\"missingProperty\":\"topologyKey\"")]
    [InlineData("kind: PodDisruptionBudget", "kind: PodDisruptionBudgets", "no schema of policy/v1 PodDisruptionBudgets")]
    public async Task A_slip_is_found(string right, string wrong, string said)
    {
        var manifests = await RenderAsync(Example);
        Assert.Contains(right, manifests, StringComparison.Ordinal);
        (var code, var output, _) = await CheckAsync(manifests.Replace(right, wrong, StringComparison.Ordinal));
        Assert.Equal(1, code);
        Assert.Contains(said, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pod_can_do_no_more_than_it_needs()
    {
        var manifests = await RenderAsync(Example);
        Assert.All(
            (string[])
            [
                "runAsNonRoot: true", "readOnlyRootFilesystem: true", "allowPrivilegeEscalation: false", "type: RuntimeDefault", "- ALL",
                "automountServiceAccountToken: false", "enableServiceLinks: false", "pod-security.kubernetes.io/enforce: restricted",
            ],
            promise => Assert.Contains(promise, manifests, StringComparison.Ordinal));
        Assert.DoesNotContain(":latest", manifests, StringComparison.Ordinal);
        Assert.DoesNotContain("privileged", manifests, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secrets_are_files_and_never_values_of_the_environment()
    {
        var manifests = await RenderAsync(Example);
        Assert.DoesNotContain("secretKeyRef", manifests, StringComparison.Ordinal);
        Assert.DoesNotContain("secretRef", manifests, StringComparison.Ordinal);
        Assert.All(Secrets, secret => Assert.Contains($"\n  {secret}: ", manifests, StringComparison.Ordinal));
        Assert.All(
            (string[])["bridge_keys.json", "store_password", "target_api_key"],
            secret => Assert.Contains($"File: /run/secrets/grafeasbridge/{secret}\n", manifests, StringComparison.Ordinal));
        Assert.Contains("Root Certificate=/run/secrets/grafeasbridge/database_ca.pem", manifests, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pod_is_given_the_time_that_it_takes_to_stop()
    {
        var manifests = await RenderAsync(Base);
        Assert.Contains("Listen__DrainDelay: \"00:00:10\"", manifests, StringComparison.Ordinal);
        Assert.Contains("terminationGracePeriodSeconds: 60", manifests, StringComparison.Ordinal);
        Assert.True(new ServingOptions().StopTimeout + TimeSpan.FromSeconds(10) < TimeSpan.FromSeconds(60));
    }

    private async Task<string> RenderAsync(string part)
    {
        NeedsAttribute.Check(Need.Kubectl);
        (var code, var output, var errors) = await ProgramRun.RunAsync("kubectl", ["kustomize", part], folder.Path);
        Assert.True(code == 0, errors);
        // Two words are those that old ones know as well; new ones say that there are newer words.
        Assert.All(
            errors.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.Matches("^# Warning: '(bases|patchesStrategicMerge)' is deprecated", line));
        return output;
    }

    private async Task<ProgramResult> CheckAsync(string manifests)
    {
        var file = folder.File("rendered.yaml");
        await File.WriteAllTextAsync(file, manifests, TestContext.Current.CancellationToken);
        return await NodeProgram.RunAsync("manifests", "check.js", file);
    }
}
