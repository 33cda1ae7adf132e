using Google.Protobuf;

namespace GrafeasBridge.Filtering;

/// <summary>A filter that was understood, as a tree without names or text left to read.</summary>
internal abstract class Test
{
    public abstract bool Matches(IMessage message);
}

internal sealed class AllTest(Test[] parts) : Test
{
    public IReadOnlyList<Test> Parts => parts;

    public override bool Matches(IMessage message)
    {
        foreach (var part in parts)
        {
            if (!part.Matches(message))
                return false;
        }

        return true;
    }
}

internal sealed class AnyTest(Test[] parts) : Test
{
    public IReadOnlyList<Test> Parts => parts;

    public override bool Matches(IMessage message)
    {
        foreach (var part in parts)
        {
            if (part.Matches(message))
                return true;
        }

        return false;
    }
}

internal sealed class NotTest(Test part) : Test
{
    public Test Part => part;

    public override bool Matches(IMessage message) => !part.Matches(message);
}

/// <summary>One comparison.</summary>
/// <param name="condition">What it comes down to on columns, exactly; null when the message has to be read.</param>
internal sealed class FieldTest(ValueTest test, Condition? condition) : Test
{
    public Condition? Condition => condition;

    public override bool Matches(IMessage message) => test.Test(message);
}
