using BenchmarkDotNet.Attributes;
using Grafeas.V1;
using GrafeasBridge.Benchmarks.Load;
using GrafeasBridge.Mapping;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace GrafeasBridge.Benchmarks;

/// <summary>What a create pays for its place, and what a reconcile pays for its attributes.</summary>
[MemoryDiagnoser]
public class MappingBenchmarks
{
    private readonly IOccurrenceMapping mapping = new ServiceCollection()
        .AddLogging()
        .AddMapping(new ConfigurationBuilder().Build())
        .BuildServiceProvider()
        .GetRequiredService<IOccurrenceMapping>();

    private readonly Occurrence tagged = Stored(1);
    private readonly Occurrence unknownHost = Samples.Unmapped().Occurrence;
    private readonly Occurrence[] many = [.. Enumerable.Range(0, 10_000).Select(Stored)];

    [Benchmark(Baseline = true)]
    public int PlaceOneOfADockerTag() => mapping.Resolve(tagged).Named.Count;

    [Benchmark]
    public int PlaceOneOfAnUnknownHost() => mapping.Resolve(unknownHost).Named.Count;

    [Benchmark]
    public int MapAVersionWithOneOccurrence() => Map(tagged);

    [Benchmark]
    public int MapAVersionWithTenThousandOccurrences() => Map(many);

    private int Map(params Occurrence[] occurrences)
    {
        var fold = mapping.Begin();
        foreach (var occurrence in occurrences)
            fold.Add(occurrence);
        return fold.Finish().Count;
    }

    private static Occurrence Stored(int number)
    {
        var occurrence = Samples.Mapped(number).Occurrence;
        occurrence.Name = $"projects/load/occurrences/{number}";
        occurrence.Kind = NoteKind.Build;
        occurrence.CreateTime = occurrence.Build.Provenance.EndTime;
        return occurrence;
    }
}
