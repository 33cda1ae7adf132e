using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using GrafeasBridge.Mapping;
using GrafeasBridge.Mapping.Resolving;
using GrafeasBridge.Mapping.Table;
using GrafeasBridge.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace GrafeasBridge.Tests.Mapping;

/// <summary>The tables of the room's README are written from the data, between markers.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void The_tables_of_the_README_say_what_the_data_says()
    {
        var path = RepositoryFiles.PathOf("src", "GrafeasBridge", "Mapping", "README.md");
        var mapping = MappingFixture.Open();
        var text = File.ReadAllText(path);
        text = Between(text, "rows", Rows(mapping.Table));
        text = Between(text, "groups", Groups(mapping.Table));
        text = Between(text, "roots", Roots());
        text = Between(text, "readers", Readers());
        text = Between(text, "resolvers", Resolvers());

        RepositoryFiles.AssertHolds(path, text);
    }

    [Fact]
    public void The_row_that_the_README_suggests_works()
    {
        var readme = File.ReadAllText(RepositoryFiles.PathOf("src", "GrafeasBridge", "Mapping", "README.md"));
        var begin = readme.IndexOf("""{ "attribute": "vcs.tag",""", StringComparison.Ordinal);
        var table = JsonNode.Parse(File.ReadAllText(RepositoryFiles.PathOf("src", "GrafeasBridge", "Mapping", "default-mapping.json")))!;
        table["rows"]!.AsArray().Add(JsonNode.Parse(readme[begin..(readme.IndexOf(" }\n", begin, StringComparison.Ordinal) + 2)]));
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, table.ToJsonString());
            var attributes = MappingFixture.Open(("File", path)).Map(CaseTests.Read("real.gcb.cli.v0.3.gcloud-container-github.0.slsa0.1"));

            Assert.Equal("v39", Assert.Single(attributes, a => a.Name == "vcs.tag").Values.Single());
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string Between(string text, string name, string table)
    {
        var begin = $"<!-- {name}: begin -->\n";
        var end = $"<!-- {name}: end -->";
        var from = text.IndexOf(begin, StringComparison.Ordinal);
        var to = text.IndexOf(end, StringComparison.Ordinal);
        Assert.True(from >= 0 && to > from, $"README.md has lost its marker '{name}'");
        return text[..(from + begin.Length)] + table + text[to..];
    }

    private static string Rows(MappingTable table)
    {
        var text = new StringBuilder("| attribute | type | several | kinds | from, in order of preference |\n|---|---|---|---|---|\n");
        foreach (var row in table.Rows)
        {
            var kinds = row.Group is null ? Kinds(row.Kinds.Select(MappingTableBuilder.NoteKindName)) : $"group {row.Group.Name}";
            var from = string.Join("<br>", row.Written.Select(w => $"`{w.Replace("|", "\\|", StringComparison.Ordinal)}`"));
            text.Append($"| `{row.Attribute}` | {Digests.Lower(row.Type.ToString())} | {row.SeveralName} | {kinds} | {from} |\n");
        }

        return text.ToString();
    }

    private static string Groups(MappingTable table)
    {
        var text = new StringBuilder("| group | kinds | reported by | same event when equal | newest by |\n|---|---|---|---|---|\n");
        foreach (var group in MappingTableFile.Load(string.Empty).Groups)
            text.Append($"| {group.Group} | {Kinds(group.Kinds)} | {Codes(group.About)} | {Codes(group.Same)} | {Codes(group.Time)} |\n");
        Assert.Equal(table.Groups.Count, MappingTableFile.Load(string.Empty).Groups.Count);
        return text.ToString();
    }

    private static string Roots()
    {
        var text = new StringBuilder("| root | stands for |\n|---|---|\n");
        foreach (var (name, paths) in MappingTableFile.Load(string.Empty).Roots)
            text.Append($"| `{{{name}}}` | {Codes(paths)} |\n");
        return text.ToString();
    }

    private static string Readers()
    {
        var text = new StringBuilder("| reader | gives |\n|---|---|\n");
        foreach (var reader in new Readers(new ResolverChain([])).All)
            text.Append($"| `@{reader.Name}` | {reader.About} |\n");
        return text.ToString();
    }

    private static string Resolvers()
    {
        var options = new MappingOptions();
        MappingServices.WithDefaults(new ConfigurationBuilder().Build()).GetSection(MappingOptions.Section).Bind(options);
        var text = new StringBuilder("| order | name | understands | as |\n|---|---|---|---|\n");
        foreach (var (name, row) in options.Resolvers.OrderBy(r => r.Value.Order))
            text.Append(CultureInfo.InvariantCulture, $"| {row.Order} | `{name}` | {Understood(row)} | {As(row)} |\n");
        return text.ToString();
    }

    private static string Understood(ResolverOptions row) => row.Kind switch
    {
        ResolverKind.BintrayDocker => $"SUBJECT-docker-REPO{string.Join(" or ", row.Suffixes.Select(s => $"`{s}`"))}; {string.Join(", ", row.Hosts.Select(h => $"`{h.Key}` is {h.Value}"))}",
        ResolverKind.PackageUrl => "package URLs, `pkg:…`",
        _ => $"`{row.Pattern.Replace("|", "\\|", StringComparison.Ordinal)}`",
    };

    private static string As(ResolverOptions row)
    {
        if (row.Reason.Length > 0)
            return "no version: " + row.Reason;
        return row.Kind switch
        {
            ResolverKind.BintrayDocker => "image path with `:` for `/`, tag or `latest`",
            ResolverKind.PackageUrl => "images: the image at repository_url, for the other resolvers; others: `namespace:name` in the repository of repository_url",
            _ => $"`{row.Subject}` / `{row.Repo}` / `{row.Package.Replace("|", "\\|", StringComparison.Ordinal)}`{(row.DefaultVersion.Length > 0 ? $", without version or digest `{row.DefaultVersion}`" : string.Empty)}",
        };
    }

    private static string Kinds(IEnumerable<string> kinds) => string.Join(", ", kinds.Order(StringComparer.Ordinal)) is { Length: > 0 } text ? text : "all";

    private static string Codes(IEnumerable<string> texts) => string.Join("<br>", texts.Select(t => $"`{t}`"));
}
