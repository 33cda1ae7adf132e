using Google.Protobuf.Reflection;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.V1Beta1;

namespace GrafeasBridge.Tests.V1Beta1;

/// <summary>Which fields have no counterpart in the other version: a list to be read, so that none is lost unnoticed.</summary>
public sealed class FieldPairTests
{
    [Fact]
    public void Every_field_of_both_versions_has_a_counterpart_but_those_that_the_page_of_this_room_names()
    {
        var alone = new SortedSet<string>(StringComparer.Ordinal);
        var seen = new HashSet<(MessageDescriptor, MessageDescriptor)>();
        Look(Grafeas.V1Beta1.Occurrence.Descriptor, Grafeas.V1.Occurrence.Descriptor, alone, seen);
        Look(Grafeas.V1Beta1.Note.Descriptor, Grafeas.V1.Note.Descriptor, alone, seen);
        var page = File.ReadAllText(RepositoryFiles.PathOf("src", "GrafeasBridge", "V1Beta1", "README.md"));
        var block = page.Split("```")[1];
        Assert.Equal(string.Join('\n', alone), block.Trim());
        Assert.True(seen.Count > 70, $"only {seen.Count} pairs of messages were looked at");
    }

    private static void Look(
        MessageDescriptor beta, MessageDescriptor v1, SortedSet<string> alone, HashSet<(MessageDescriptor, MessageDescriptor)> seen)
    {
        if (beta == v1 || !seen.Add((beta, v1)))
            return;
        var pairs = FieldPairs.Of(beta, v1);
        foreach (var pair in pairs)
        {
            if (Below(pair.Beta[^1]) is { } betaBelow && Below(pair.V1[^1]) is { } v1Below)
                Look(betaBelow, v1Below, alone, seen);
        }

        alone.UnionWith(Missing(beta, [], [.. pairs.Select(pair => pair.Beta)]));
        alone.UnionWith(Missing(v1, [], [.. pairs.Select(pair => pair.V1)]));
    }

    /// <summary>Fields that no path ends at or leads through; where one leads through, those of the message below.</summary>
    private static IEnumerable<string> Missing(MessageDescriptor type, FieldDescriptor[] at, List<FieldDescriptor[]> paths)
    {
        foreach (var field in type.Fields.InFieldNumberOrder())
        {
            FieldDescriptor[] here = [.. at, field];
            if (paths.Exists(path => path.SequenceEqual(here)))
                continue;
            var through = paths.Exists(path => path.Length > here.Length && path.Take(here.Length).SequenceEqual(here));
            if (!through)
                yield return field.FullName["grafeas.".Length..];
            foreach (var below in through ? Missing(field.MessageType, here, paths) : [])
                yield return below;
        }
    }

    private static MessageDescriptor? Below(FieldDescriptor field)
    {
        if (field.FieldType != FieldType.Message)
            return null;
        return !field.IsMap ? field.MessageType
            : field.MessageType.FindFieldByNumber(2) is { FieldType: FieldType.Message } value ? value.MessageType : null;
    }
}
