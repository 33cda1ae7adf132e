using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using Grafeas.V1;
using GrafeasBridge.Api;
using GrafeasBridge.Benchmarks.Load;
using GrafeasBridge.Ingest.Validation;

namespace GrafeasBridge.Benchmarks;

/// <summary>The steps of a create that use the processor, beside reading the message off the wire as the measure.</summary>
[MemoryDiagnoser]
public class IntakeBenchmarks
{
    private readonly Occurrence occurrence = Samples.Mapped(1).Occurrence;
    private readonly byte[] wire = Samples.Mapped(1).Occurrence.ToByteArray();

    [Benchmark(Baseline = true)]
    public int ParseTheMessage() => Occurrence.Parser.ParseFrom(wire).ResourceUri.Length;

    [Benchmark]
    public bool FindNoProblemInAValidOne()
    {
        var check = new Checker();
        check.Enter("occurrence");
        OccurrenceValidator.Check(ref check, occurrence, allowEmptyKeyId: false);
        return check.Any;
    }

    [Benchmark]
    public int SerializeAndHash() => System.Security.Cryptography.SHA256.HashData(occurrence.ToByteArray()).Length;
}
