using GrafeasBridge.Delivery.Bintray;
using GrafeasBridge.Delivery.Http;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Delivery.Embedded;

/// <summary>The emulator inside this process: Bintray's REST API again, but made by the host, never by configuration.</summary>
internal sealed class EmbeddedKind() : TargetKind<BintrayOptions>(KindName)
{
    public const string KindName = "Embedded";

    public override bool IsConfigurable => false;

    protected override IEnumerable<string> Problems(BintrayOptions options) => [];

    protected override ITarget Create(BintrayOptions options, TargetParts parts) => BintrayTarget.Make(options, parts);
}

/// <summary>Keeps the name of the embedded target free of others.</summary>
internal sealed class EmbeddedRules : IValidateOptions<TargetsOptions>
{
    public ValidateOptionsResult Validate(string? name, TargetsOptions options)
    {
        var problems = new ValidateOptionsResultBuilder();
        foreach (var target in options.Targets.Where(t => t.Name == EmbeddedTarget.Name && t.Kind != EmbeddedKind.KindName))
            problems.AddError($"{target.Key}:Name is '{target.Name}', which is kept for the embedded emulator; choose another.");
        return problems.Build();
    }
}
