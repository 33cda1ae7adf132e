using Xunit.v3;

namespace GrafeasBridge.Tests.Support;

/// <summary>What a test may need of the machine beside the .NET SDK. <c>tests/run.sh</c> installs it.</summary>
public enum Need
{
    /// <summary>Chromium or Chrome.</summary>
    Browser,

    Curl,
    HAProxy,
    Kubectl,

    /// <summary>Node.js, and the packages of tests/clients.</summary>
    Node,

    /// <summary>openssl, and jq beside it.</summary>
    OpenSsl,

    /// <summary>PostgreSQL's server programs: every server is the tests' own.</summary>
    Postgres,

    Prometheus,

    /// <summary>To be root, for small disks to fill up.</summary>
    Root,
}

/// <summary>
/// Says what a test needs of the machine. <c>tests/run.sh --quick</c> leaves it out, so that this run needs nothing; a test that uses what it does
/// not name fails, see <see cref="Check"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class NeedsAttribute(params Need[] needs) : Attribute, ITraitAttribute
{
    private const string Trait = "needs";

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [.. needs.Select(need => KeyValuePair.Create(Trait, need.ToString()))];

    /// <summary>Called wherever one of these is used, before it is used.</summary>
    internal static void Check(Need need)
    {
        var traits = TestContext.Current.Test?.Traits ?? TestContext.Current.TestClass?.Traits;
        Assert.True(
            traits is not null && traits.TryGetValue(Trait, out var named) && named.Contains(need.ToString()),
            $"A test that uses {need} must say so: [Needs(Need.{need})].");
    }
}

/// <summary>The runs of <c>tests/run.sh</c> beyond the shortest.</summary>
public enum LongerRun
{
    /// <summary>The one without an option.</summary>
    Default,

    /// <summary><c>--full</c>. Every promise of a test in it has a shorter test in the default run.</summary>
    Full,
}

/// <summary>The shortest run that a test is part of, where that is not <c>--quick</c>.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class RunInAttribute(LongerRun run) : Attribute, ITraitAttribute
{
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("run", run.ToString())];
}
