using GrafeasBridge.Fuzz;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Fuzzing;

/// <summary>Every input that fuzzing found worth keeping, those that once crashed included. tests/fuzz.sh looks for more.</summary>
public sealed class CorpusTests
{
    private static readonly string Corpus = RepositoryFiles.PathOf("tests", "GrafeasBridge.Fuzz", "corpus");

    public static TheoryData<string> Names => [.. Targets.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_kept_input_is_taken_or_refused_and_nothing_else(string name)
    {
        var inputs = Directory.GetFiles(Path.Combine(Corpus, name));
        Assert.NotEmpty(inputs);
        var crashes = new List<string>();
        foreach (var input in inputs)
        {
            try
            {
                Targets.All[name](File.ReadAllBytes(input));
            }
            catch (Exception crash)
            {
                crashes.Add($"{Path.GetFileName(input)}: {crash.Message}");
            }
        }

        Assert.Empty(crashes);
    }

    [Fact]
    public void Every_folder_of_the_corpus_has_its_target() =>
        Assert.Equal(Targets.All.Keys.Order(), Directory.GetDirectories(Corpus).Select(Path.GetFileName).Order());
}
