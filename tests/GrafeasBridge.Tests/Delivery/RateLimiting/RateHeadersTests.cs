using GrafeasBridge.Delivery.RateLimiting;

namespace GrafeasBridge.Tests.Delivery.RateLimiting;

public sealed class RateHeadersTests
{
    // 2026-11-02 08:00:00 UTC
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_793_606_400);

    [Theory]
    [InlineData("X-RateLimit", "1440", "1439", null, null)]
    [InlineData("RateLimit", "100", "7", "30", 30)]
    [InlineData("X-RateLimit", "100", "7", "1793606460", 60)]
    [InlineData("X-RateLimit", "100", "7", "1793606460000", 60)]
    [InlineData("X-RateLimit", "100", "0", "1793606000", null)] // has passed
    [InlineData("X-RateLimit", "100", "7", "99999999", null)] // three years
    [InlineData("X-RateLimit", "100", "7", "tomorrow", null)]
    public void What_a_target_tells_of_its_limit_is_read(string prefix, string limit, string remaining, string? reset, int? seconds)
    {
        var rate = Read(prefix, limit, remaining, reset);

        Assert.Equal((limit, remaining), (rate!.Limit.ToString(Invariant), rate.Remaining.ToString(Invariant)));
        Assert.Equal(seconds, (int?)rate.Reset?.TotalSeconds);
    }

    [Theory]
    [InlineData("0", "0")]
    [InlineData("100", "101")]
    [InlineData("-5", "1")]
    [InlineData("many", "some")]
    [InlineData("9999999999999", "1")]
    [InlineData("99999999999999999999999", "1")]
    public void What_makes_no_sense_is_not_believed(string limit, string remaining) =>
        Assert.Null(Read("X-RateLimit", limit, remaining, null));

    private static IFormatProvider Invariant => System.Globalization.CultureInfo.InvariantCulture;

    private static RateHeaders? Read(string prefix, string limit, string remaining, string? reset)
    {
        using var response = new HttpResponseMessage();
        response.Headers.TryAddWithoutValidation($"{prefix}-Limit", limit);
        response.Headers.TryAddWithoutValidation($"{prefix}-Remaining", remaining);
        if (reset is not null)
            response.Headers.TryAddWithoutValidation($"{prefix}-Reset", reset);
        return RateHeaders.Read(response.Headers, Now);
    }
}
