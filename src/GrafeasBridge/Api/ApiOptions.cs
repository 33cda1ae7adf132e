using Microsoft.Extensions.Options;

namespace GrafeasBridge.Api;

/// <summary>Limits of every request and list, whatever the service: section <c>Ingest</c>.</summary>
internal sealed class ApiOptions
{
    public const string Section = "Ingest";

    /// <summary>
    /// Largest request, in bytes: a gRPC message after decompression, a REST body. Answers with lists stay below it too.
    /// </summary>
    [SettingRange(64 * 1024, 64 * 1024 * 1024)]
    public int MaxMessageBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>
    /// Deepest nesting of objects and lists in a REST body. What is deeper could not be sent on: protobuf readers stop at 100
    /// levels, and one JSON object inside another counts as three.
    /// </summary>
    [SettingRange(8, 32)]
    public int MaxJsonDepth { get; set; } = 32;

    /// <summary>Most values in a REST body: texts, numbers, objects, lists.</summary>
    [SettingRange(1000, 10_000_000)]
    public int MaxJsonValues { get; set; } = 500_000;

    /// <summary>Most notes or occurrences in one batch.</summary>
    [SettingRange(1, 1000)]
    public int MaxBatch { get; set; } = 1000;

    /// <summary>Largest page_size that may be asked for. Of projects, more may be asked for, but a page holds no more.</summary>
    [SettingRange(1, 1000)]
    public int MaxPageSize { get; set; } = 1000;

    /// <summary>Most characters of a list filter.</summary>
    [SettingRange(100, 100_000)]
    public int MaxFilterLength { get; set; } = 10_000;

    /// <summary>Deepest nesting of a list filter: brackets within brackets, and parts of one field path.</summary>
    [SettingRange(5, 100)]
    public int MaxFilterDepth { get; set; } = 50;

    /// <summary>Most comparisons, calls and single words of a list filter.</summary>
    [SettingRange(10, 1000)]
    public int MaxFilterTerms { get; set; } = 500;

    /// <summary>
    /// Rows that one call of a list looks at for its filter. Where that many did not fill the page, it ends early, with fewer items
    /// or none, and with a page token from which the list goes on.
    /// </summary>
    [SettingRange(100, 10_000_000)]
    public int MaxFilterScan { get; set; } = 100_000;
}

[OptionsValidator]
internal sealed partial class ApiOptionsValidator : IValidateOptions<ApiOptions>;
