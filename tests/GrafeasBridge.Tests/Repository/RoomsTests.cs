using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Repository;

/// <summary>Arrows between the rooms of the service run one way: down.</summary>
public sealed class RoomsTests
{
    private const string Begin = "<!-- rooms: made by RoomsTests -->\n";
    private const string End = "<!-- /rooms -->\n";

    private static readonly string Service = RepositoryFiles.PathOf("src", "GrafeasBridge");

    [Fact]
    public void No_room_knows_a_room_above_or_beside_it() => Assert.Empty(new RoomPlan(Sources()).Upward());

    [Fact]
    public void Every_room_has_a_floor()
    {
        var folders = Sources().Keys.Where(path => path.Contains('/', StringComparison.Ordinal)).Select(path => path.Split('/')[0]).Distinct();
        Assert.Equal(RoomPlan.Floors.SelectMany(floor => floor).Where(room => room != "Program").Order(), folders.Order());
    }

    [Theory]
    [InlineData("Store/Planted.cs", "using GrafeasBridge.Query;\n", "Store -> Query (Store/Planted.cs)")]
    [InlineData("Api/Rest/Planted.cs", "using static GrafeasBridge.Access.ProjectPolicy;\n", "Api -> Access (Api/Rest/Planted.cs)")]
    [InlineData("Mapping/Planted.cs", "using Kept = GrafeasBridge.Store.IBridgeStore;\n", "Mapping -> Store (Mapping/Planted.cs)")]
    [InlineData("Mapping/Planted.cs", "internal sealed class Planted(Store.IBridgeStore store);\n", "Mapping -> Store (Mapping/Planted.cs)")]
    [InlineData("Filtering/Planted.cs", "using GrafeasBridge.Mapping;\n", "Filtering -> Mapping (Filtering/Planted.cs)")]
    public void A_planted_arrow_that_does_not_run_down_is_named(string path, string text, string arrow)
    {
        var files = Sources();
        files.Add(path, text);
        Assert.Equal([arrow], new RoomPlan(files).Upward());
    }

    [Fact]
    public void The_picture_of_the_rooms_is_what_the_code_does()
    {
        var page = Path.Combine(Service, "README.md");
        var text = File.ReadAllText(page);
        var begin = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var end = text.IndexOf(End, StringComparison.Ordinal);
        Assert.True(begin >= Begin.Length && end >= begin, $"{page} has lost the marks around the picture of the rooms");
        RepositoryFiles.AssertHolds(page, text[..begin] + new RoomPlan(Sources()).Picture() + text[end..]);
    }

    private static Dictionary<string, string> Sources() => Directory.EnumerateFiles(Service, "*.cs", SearchOption.AllDirectories)
        .ToDictionary(file => Path.GetRelativePath(Service, file).Replace('\\', '/'), File.ReadAllText)
        .Where(file => !file.Key.StartsWith("obj/", StringComparison.Ordinal) && !file.Key.StartsWith("bin/", StringComparison.Ordinal))
        .ToDictionary();
}
