namespace GrafeasBridge.Filtering;

/// <summary>Gives the tree its meaning: fields, types and values, or the reason why it has none.</summary>
internal sealed class Binder(FilterSubject subject)
{
    private const string HasPrefix = "has_prefix";

    /// <exception cref="FilterException">A field, a value or a function that the language does not have.</exception>
    public Test Bind(FilterNode node)
    {
        if (node is not CallNode { IsOperator: true } call)
            throw Alone(node);
        return call.Function switch
        {
            Operators.And => new AllTest(Line(call)),
            Operators.Or => new AnyTest(Line(call)),
            Operators.Sequence => new AllTest([.. call.Args.Select(Bind)]),
            Operators.Not or Operators.Minus => new NotTest(Bind(call.Args[0])),
            Operators.Global => Global(call.Args[0]),
            Operators.Index => throw Alone(node),
            _ => Comparison(call),
        };
    }

    // a AND b AND c is a tree that leans to the left: as deep as the line is long, so it is walked in a loop.
    private Test[] Line(CallNode call)
    {
        var parts = new Stack<FilterNode>();
        FilterNode left = call;
        while (left is CallNode { IsOperator: true } line && line.Function == call.Function)
        {
            parts.Push(line.Args[1]);
            left = line.Args[0];
        }

        parts.Push(left);
        return [.. parts.Select(Bind)];
    }

    private Test Global(FilterNode inner)
    {
        if (inner is CallNode { IsOperator: false } call)
            return Call(call);
        return inner is CallNode { Function: not Operators.Index } ? Bind(inner) : throw Alone(inner);
    }

    private static FilterException Alone(FilterNode node) => node switch
    {
        IdentNode word => new FilterException(
            node.Position, $"found the word {FilterException.Shown(word.Name)} alone, expected a comparison such as field=\"value\""),
        CallNode { IsOperator: false } => new FilterException(node.Position, "found a call where none may stand, expected a comparison"),
        _ => new FilterException(node.Position, "found a value alone, expected a comparison such as field=\"value\""),
    };

    private Test Comparison(CallNode call)
    {
        var path = FilterPath.Of(call.Args[0], subject);
        var value = Literal.Of(call.Args[1]);
        var predicates = new Predicates(subject, path, value);
        return call.Function switch
        {
            Operators.Has => value.IsStar ? predicates.IsSet() : predicates.Has(),
            Operators.Equal => predicates.Compare(Filtering.Comparison.Equal),
            Operators.NotEqual => new NotTest(predicates.Compare(Filtering.Comparison.Equal)),
            Operators.Less => predicates.Compare(Filtering.Comparison.Less),
            Operators.LessOrEqual => predicates.Compare(Filtering.Comparison.LessOrEqual),
            Operators.Greater => predicates.Compare(Filtering.Comparison.Greater),
            Operators.GreaterOrEqual => predicates.Compare(Filtering.Comparison.GreaterOrEqual),
            _ => throw new ArgumentException($"{call.Function} is no operator", nameof(call)),
        };
    }

    private FieldTest Call(CallNode call)
    {
        if (call.Function != HasPrefix || call.Target is not null)
        {
            throw new FilterException(
                call.Position,
                $"found a call of {FilterException.Shown(call.Function)}; the only function is {HasPrefix}(field, \"text\")");
        }

        if (call.Args.Count != 2)
        {
            throw new FilterException(call.Position, $"found {HasPrefix} with {call.Args.Count} arguments, expected a field and a text");
        }

        return new Predicates(subject, FilterPath.Of(call.Args[0], subject), Literal.Of(call.Args[1])).HasPrefix();
    }
}
