using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Deploy;

/// <summary>deploy/init-secrets.sh: what it makes is what the compose files need, and is made once.</summary>
[Needs(Need.OpenSsl)]
public sealed class SecretsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task It_makes_every_secret_once()
    {
        await MakeAsync();
        string[] files = [.. Directory.GetFiles(folder.File("secrets")).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];
        Assert.Equal(
            [
                "bridge_keys.json", "ci_key.txt", "database_admin_password.txt", "database_ca.pem", "database_certificate.pem", "database_key.pem",
                "emulator_users.txt", "operator_key.txt", "store_password.txt", "target_api_key.txt",
            ],
            files);
        string[] before = [.. files.Select(Read)];
        await MakeAsync();
        Assert.Equal(before, files.Select(Read));
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task Other_users_of_the_machine_cannot_get_at_them()
    {
        await MakeAsync();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder.File("secrets")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PathOf("ci_key.txt")));
    }

    [Fact]
    public async Task The_bridge_gets_the_hash_of_the_key_that_CI_has()
    {
        await MakeAsync();
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Read("ci_key.txt"))));
        var first = JsonNode.Parse(Read("bridge_keys.json"))!["keys"]![0]!;
        Assert.Equal($"sha256:{hash}", (string?)first["hash"]);
        Assert.DoesNotContain(Read("ci_key.txt"), Read("bridge_keys.json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_certificate_of_the_database_is_believed_for_its_name_and_for_no_other()
    {
        await MakeAsync();
        using var authority = X509Certificate2.CreateFromPem(Read("database_ca.pem"));
        using var certificate = X509Certificate2.CreateFromPemFile(PathOf("database_certificate.pem"), PathOf("database_key.pem"));
        using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1")); // for servers
        Assert.True(chain.Build(certificate));
        Assert.True(certificate.HasPrivateKey);
        Assert.True(certificate.MatchesHostname("postgres"));
        Assert.False(certificate.MatchesHostname("postgres.example.com"));
    }

    private string PathOf(string secret) => Path.Combine(folder.Path, "secrets", secret);

    private string Read(string secret) => File.ReadAllText(PathOf(secret));

    private async Task MakeAsync()
    {
        NeedsAttribute.Check(Need.OpenSsl);
        if (!File.Exists(folder.File("init-secrets.sh")))
            DeployFiles.Copy("init-secrets.sh", folder.Path);
        (var code, _, var errors) = await ProgramRun.RunAsync("bash", ["init-secrets.sh"], folder.Path);
        Assert.True(code == 0 && errors.Length == 0, errors);
    }
}
