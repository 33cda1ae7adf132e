using GrafeasBridge.Mapping.Resolving;
using GrafeasBridge.Mapping.Table;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Mapping;

/// <summary>Checks what spans settings: that every resolver can be made, and that the mapping table can be read.</summary>
internal sealed class MappingOptionsRules : IValidateOptions<MappingOptions>
{
    public ValidateOptionsResult Validate(string? name, MappingOptions options)
    {
        var errors = new List<string>();
        var resolvers = ResolverFactory.Create(options.Resolvers, errors);
        try
        {
            _ = MappingTableBuilder.Build(MappingTableFile.Load(options.File), new Readers(resolvers));
        }
        catch (MappingTableException e)
        {
            errors.Add(e.Message);
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
