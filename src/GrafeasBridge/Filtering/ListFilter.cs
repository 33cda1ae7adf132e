using Google.Protobuf;

namespace GrafeasBridge.Filtering;

/// <summary>A list filter that was understood: what a store can look up of it, and the test for the rest.</summary>
internal sealed class ListFilter
{
    private readonly Test? test;

    private ListFilter(Test? test)
    {
        this.test = test;
        var plan = test is null ? new Plan(new Condition.Always(), IsExact: true) : Planner.Of(test);
        Condition = plan.Condition;
        IsExact = plan.IsExact;
    }

    /// <summary>The empty filter.</summary>
    public static ListFilter Everything { get; } = new(test: null);

    /// <summary>True for a filter without a term, which every message matches.</summary>
    public bool IsEverything => test is null;

    /// <summary>What every row of a matching message fulfils.</summary>
    public Condition Condition { get; }

    /// <summary>True when the message of every row that fulfils the condition matches, so that none has to be asked.</summary>
    public bool IsExact { get; }

    /// <exception cref="FilterException">The text is no filter for this subject, or over a limit.</exception>
    public static ListFilter Compile(string text, FilterSubject subject, FilterLimits limits) =>
        FilterParser.Parse(text, limits) is { } tree ? new ListFilter(new Binder(subject).Bind(tree)) : Everything;

    /// <summary>True when the whole filter holds of the whole message.</summary>
    public bool Matches(IMessage message) => test is null || test.Matches(message);
}
