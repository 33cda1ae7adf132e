namespace GrafeasBridge.Filtering;

/// <summary>A node of the tree that the reference parser makes of a filter.</summary>
/// <param name="Position">Where it begins in the text, counted from 0.</param>
internal abstract record FilterNode(int Position);

/// <summary>A word without quotes, with its escapes as they were written.</summary>
internal sealed record IdentNode(int Position, string Name) : FilterNode(Position);

/// <summary>A text in quotes, unquoted.</summary>
/// <param name="IsText">False when its escapes make bytes that are no UTF-8; they show as U+FFFD.</param>
internal sealed record StringNode(int Position, string Value, bool IsText) : FilterNode(Position);

/// <summary>A whole number and how it was written, as 010 is 8.</summary>
internal sealed record IntNode(int Position, long Value, string Text) : FilterNode(Position);

/// <summary>A number with a point and how it was written.</summary>
internal sealed record DoubleNode(int Position, double Value, string Text) : FilterNode(Position);

/// <summary>One step of a path: operand.field.</summary>
internal sealed record SelectNode(int Position, FilterNode Operand, string Field) : FilterNode(Position);

/// <summary>A call, or an operator, which the reference makes a call too.</summary>
/// <param name="IsOperator">True when it was not written as a call: somebody may well call a function <c>_||_</c>.</param>
internal sealed record CallNode(int Position, string Function, IReadOnlyList<FilterNode> Args, FilterNode? Target, bool IsOperator)
    : FilterNode(Position);

/// <summary>Names of the operators in the tree.</summary>
internal static class Operators
{
    public const string And = "_&&_";
    public const string Or = "_||_";
    public const string Sequence = "_sequence_";
    public const string Not = "_!";
    public const string Minus = "-_";
    public const string Global = "_global_";
    public const string Index = "_[_]";
    public const string Equal = "_==_";
    public const string NotEqual = "_!=_";
    public const string Less = "_<_";
    public const string LessOrEqual = "_<=_";
    public const string Greater = "_>_";
    public const string GreaterOrEqual = "_>=_";
    public const string Has = "_:_";

    /// <summary>True for what stands as a term of its own, without <see cref="Global"/> around it.</summary>
    public static bool IsRestriction(string function) => function is Global || IsComparison(function);

    public static bool IsComparison(string function) =>
        function is Equal or NotEqual or Less or LessOrEqual or Greater or GreaterOrEqual or Has;
}
