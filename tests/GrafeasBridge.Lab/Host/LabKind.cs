using GrafeasBridge.Delivery;
using GrafeasBridge.Delivery.Http;
using Microsoft.Extensions.Configuration;

namespace GrafeasBridge.Lab.Host;

/// <summary>A kind of target whose targets are watched.</summary>
internal sealed class LabKind(ITargetKind kind, Passings passings, LabOptions options) : ITargetKind
{
    public string Name => kind.Name;

    public bool IsConfigurable => kind.IsConfigurable;

    public TargetOptions Bind(IConfigurationSection section, ICollection<string> problems) => kind.Bind(section, problems);

    public IEnumerable<string> Problems(TargetOptions target) => kind.Problems(target);

    public ITarget Create(TargetOptions target, TargetParts parts)
    {
        var api = kind.Create(target, parts);
        return new LabTarget(options.Mutant == Mutant.IgnoreReadBack ? new CredulousTarget(api) : api, passings);
    }
}
