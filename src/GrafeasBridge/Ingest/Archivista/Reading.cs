using System.Diagnostics.CodeAnalysis;
using GrafeasBridge.Api;

namespace GrafeasBridge.Ingest.Archivista;

/// <summary>What reading a stranger's bytes gave: a value, or every problem with its field path.</summary>
/// <param name="Uncounted">How many problems there are beyond <see cref="Problems"/>.</param>
internal sealed record Reading<T>(T? Value, IReadOnlyList<Problem> Problems, int Uncounted)
    where T : class
{
    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsGood => Value is not null;

    /// <summary>The value unless anything was wrong.</summary>
    public static Reading<T> Of(ref Checker check, T? value) =>
        new(check.Any ? null : value, check.Problems, check.Uncounted);

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT with every problem.</exception>
    public T OrRefuse() => IsGood ? Value : throw Errors.Invalid(Problems, Uncounted);
}
