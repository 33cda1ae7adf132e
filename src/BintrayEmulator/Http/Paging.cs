using System.Globalization;
using System.Text.Json.Nodes;

namespace BintrayEmulator.Http;

/// <summary>Lists in pages of 50, described by <c>X-RangeLimit</c> headers that are left out when everything fits.</summary>
internal static class Paging
{
    private const int PageSize = 50;

    /// <summary>Who is not known sees only this many.</summary>
    private const int AnonymousLimit = 50;

    /// <summary>One page of <paramref name="items"/>, from <c>start_pos</c>; only what is on it is rendered.</summary>
    public static Answer Page<T>(Call call, IReadOnlyList<T> items, Func<T, JsonNode?> render)
    {
        var total = call.Caller.IsKnown ? items.Count : Math.Min(items.Count, AnonymousLimit);
        var start = Start(call);
        var page = items.Take(total).Skip(start).Take(PageSize).Select(render).ToArray();
        var answer = Answer.Ok(new JsonArray(page));
        if (total <= PageSize && start == 0)
            return answer;

        return answer with
        {
            Headers =
            [
                ("X-RangeLimit-Total", Text(total)),
                ("X-RangeLimit-StartPos", Text(start)),
                ("X-RangeLimit-EndPos", Text(Math.Min(total, start + PageSize) - 1)),
            ],
        };
    }

    private static int Start(Call call)
    {
        if (call.Query("start_pos") is not { Length: > 0 } text)
            return 0;

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var start) && start <= int.MaxValue - PageSize
            ? start
            : throw Refusals.Invalid("start_pos must be a number from 0 up");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
