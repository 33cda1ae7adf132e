using System.Text;
using System.Text.RegularExpressions;

namespace GrafeasBridge.Tests.Delivery.Model;

/// <summary>What may happen. Up to <see cref="SettleParked"/> each is a call that the code makes, and how the call ends.</summary>
internal enum Verb : byte
{
    Claim,
    ReadOccurrences,
    ReadTarget,
    ReadTargetFails,
    RecordIntent,
    Set,
    SetRefused,
    SetAnswerLost,
    SetLie,
    SetKeptByTheNetwork,
    Remove,
    RemoveRefused,
    RemoveAnswerLost,
    RemoveLie,
    ReadBack,
    ReadBackFails,
    SettleVerified,
    SettleWaiting,
    SettleParked,

    Release,
    Crash,
    Update,
    Redeliver,
    WaitEnds,
    LeaseEnds,
    BecomesSuspect,
    KeptWriteLands,

    CheckComes,
    ListToCheck,
    Look,
    LookFails,
    RecordCheck,
    RecordRefused,
}

/// <summary>One step; <paramref name="Who"/> is nobody for what happens outside.</summary>
/// <param name="Fault">Something that goes wrong, or that somebody asks for: after the last of these all must end well.</param>
internal readonly partial record struct Step(Verb Verb, Holder Who, bool Fault)
{
    public override string ToString() =>
        $"{(Who == Holder.Nobody ? "outside" : Who)}: {Words().Replace(Verb.ToString(), " ").Replace("_", "", StringComparison.Ordinal)}";

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Words();
}

/// <summary>How something came about, step by step, from the start.</summary>
internal sealed record Trace(string Finding, IReadOnlyList<(Step Step, ModelState After)> Steps)
{
    public override string ToString()
    {
        var text = new StringBuilder().AppendLine(Finding).Append("     start: ").Append(ModelState.Start).AppendLine();
        for (var i = 0; i < Steps.Count; i++)
            text.Append($"{i + 1,3}. {Steps[i].Step}").AppendLine().Append("       ").Append(Steps[i].After).AppendLine();
        return text.ToString();
    }
}
