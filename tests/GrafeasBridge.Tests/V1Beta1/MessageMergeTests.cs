using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;
using GrafeasBridge.Store;
using GrafeasBridge.V1Beta1;
using BetaVersion = Grafeas.V1Beta1.Package.Version;
using BetaVulnerability = Grafeas.V1Beta1.Vulnerability;
using Issue = Grafeas.V1.VulnerabilityOccurrence.Types.PackageIssue;
using VersionKind = Grafeas.V1.Version.Types.VersionKind;

namespace GrafeasBridge.Tests.V1Beta1;

/// <summary>What stays and what goes when one version changes what the other wrote, on examples.</summary>
public sealed class MessageMergeTests
{
    private static readonly VersionedMessages Views = new();

    [Fact]
    public void An_element_that_v1beta1_leaves_alone_keeps_what_only_v1_can_say_wherever_it_stands()
    {
        var before = Stored(Found(Package("a"), Package("b"), Package("c")));
        var body = Views.Occurrences.Read(before);
        body.Vulnerability.PackageIssue.RemoveAt(0);
        body.Vulnerability.PackageIssue.Add(new BetaVulnerability.PackageIssue { AffectedLocation = Location("d") });
        var issues = Views.Occurrences.ChangedByV1Beta1(before, body).V1.Vulnerability.PackageIssue;
        Assert.Equal(["b", "c", "d"], issues.Select(issue => issue.AffectedPackage));
        Assert.Equal(["/b", "/c"], issues.SelectMany(issue => issue.FileLocation).Select(file => file.FilePath));
    }

    [Fact]
    public void An_element_changed_in_its_place_keeps_what_only_v1_can_say()
    {
        var before = Stored(Found(Package("a"), Package("b")));
        var body = Views.Occurrences.Read(before);
        body.Vulnerability.PackageIssue[1].PackageType = "OS";
        var issues = Views.Occurrences.ChangedByV1Beta1(before, body).V1.Vulnerability.PackageIssue;
        Assert.Equal(["", "OS"], issues.Select(issue => issue.PackageType));
        Assert.Equal(["/a", "/b"], issues.SelectMany(issue => issue.FileLocation).Select(file => file.FilePath));
    }

    [Fact]
    public void A_version_that_v1beta1_changes_does_not_keep_the_full_name_of_the_old_one()
    {
        var issue = Package("a");
        issue.AffectedVersion.FullName = "1.0-3";
        var before = Stored(Found(issue, Package("b")));
        var body = Views.Occurrences.Read(before);
        body.Vulnerability.PackageIssue[0].AffectedLocation.Version.Name = "2.0";
        var after = Views.Occurrences.ChangedByV1Beta1(before, body).V1.Vulnerability.PackageIssue[0];
        Assert.Equal(new Grafeas.V1.Version { Kind = VersionKind.Normal, Name = "2.0" }, after.AffectedVersion);
    }

    [Fact]
    public void A_fix_that_v1beta1_names_is_available_to_v1_and_one_that_it_takes_back_is_not()
    {
        var before = Stored(Found(Package("a")));
        var body = Views.Occurrences.Read(before);
        Assert.Null(body.Vulnerability.PackageIssue[0].FixedLocation);

        body.Vulnerability.PackageIssue[0].FixedLocation = Location("a");
        var mended = Views.Occurrences.ChangedByV1Beta1(before, body.Clone());
        Assert.True(mended.V1.Vulnerability.FixAvailable);
        Assert.Equal(("a", VersionKind.Normal), (mended.V1.Vulnerability.PackageIssue[0].FixedPackage, mended.V1.Vulnerability.PackageIssue[0].FixedVersion.Kind));

        body.Vulnerability.PackageIssue[0].FixedLocation = null;
        var taken = Views.Occurrences.ChangedByV1Beta1(new StoredMessage(mended.Content, mended.Original), body);
        Assert.False(taken.V1.Vulnerability.FixAvailable);
        Assert.Equal(("", VersionKind.Maximum), (taken.V1.Vulnerability.PackageIssue[0].FixedPackage, taken.V1.Vulnerability.PackageIssue[0].FixedVersion.Kind));
    }

    [Fact]
    public void Keys_of_a_map_come_and_go_and_the_others_stay()
    {
        var written = new Occurrence { Build = new BuildOccurrence { Provenance = new BuildProvenance(), IntotoStatement = new InTotoStatement { Type = "t" } } };
        written.Build.Provenance.BuildOptions.Add(new Dictionary<string, string> { ["a"] = "1", ["b"] = "2", ["c"] = "3" });
        var before = Stored(written);
        var body = Views.Occurrences.Read(before);
        body.Build.Provenance.BuildOptions.Remove("a");
        body.Build.Provenance.BuildOptions["b"] = "two";
        body.Build.Provenance.BuildOptions["d"] = "4";
        var after = Views.Occurrences.ChangedByV1Beta1(before, body).V1.Build;
        Assert.Equal("b=two c=3 d=4", string.Join(' ', after.Provenance.BuildOptions.OrderBy(o => o.Key, StringComparer.Ordinal).Select(o => $"{o.Key}={o.Value}")));
        Assert.Equal("t", after.IntotoStatement.Type);
    }

    [Fact]
    public void A_time_changes_as_a_whole()
    {
        var before = Stored(new Occurrence { Deployment = new DeploymentOccurrence { DeployTime = new Timestamp { Seconds = 5, Nanos = 7 } } });
        var body = Views.Occurrences.Read(before);
        body.Deployment.Deployment.DeployTime = new Timestamp { Seconds = 6 };
        Assert.Equal(new Timestamp { Seconds = 6 }, Views.Occurrences.ChangedByV1Beta1(before, body).V1.Deployment.DeployTime);
    }

    [Fact]
    public void A_hash_written_in_small_letters_stays_so_when_v1beta1_changes_something_else()
    {
        var written = new Occurrence { Build = new BuildOccurrence { Provenance = new BuildProvenance { SourceProvenance = new Source() } } };
        written.Build.Provenance.SourceProvenance.FileHashes["f"] = new FileHashes { FileHash = { new Hash { Type = "sha256" }, new Hash { Type = "md5" } } };
        var before = Stored(written);
        var body = Views.Occurrences.Read(before);
        Assert.Equal(
            [Grafeas.V1Beta1.Provenance.Hash.Types.HashType.Sha256, Grafeas.V1Beta1.Provenance.Hash.Types.HashType.Unspecified],
            body.Build.Provenance.SourceProvenance.FileHashes["f"].FileHash.Select(hash => hash.Type));
        body.Build.Provenance.Creator = "ci";
        written.Build.Provenance.Creator = "ci";
        Assert.Equal(written, Views.Occurrences.ChangedByV1Beta1(before, body).V1);
    }

    private static StoredMessage Stored(Occurrence occurrence) => new(Google.Protobuf.MessageExtensions.ToByteArray(occurrence));

    private static Occurrence Found(params Issue[] issues) => new() { Vulnerability = new VulnerabilityOccurrence { PackageIssue = { issues } } };

    private static Issue Package(string name) => new()
    {
        AffectedPackage = name,
        AffectedVersion = new Grafeas.V1.Version { Kind = VersionKind.Normal, Name = "1.0" },
        FixedVersion = new Grafeas.V1.Version { Kind = VersionKind.Maximum },
        FileLocation = { new FileLocation { FilePath = "/" + name } },
    };

    private static BetaVulnerability.VulnerabilityLocation Location(string package) => new()
    {
        CpeUri = "cpe:/o:x",
        Package = package,
        Version = new BetaVersion { Kind = BetaVersion.Types.VersionKind.Normal, Name = "3" },
    };
}
