using System.Text;
using CsCheck;
using GrafeasBridge.Delivery;
using GrafeasBridge.Delivery.Bintray;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Delivery;

public sealed class DeliveryOutcomeTests
{
    [Fact]
    public void Every_outcome_has_its_row_in_the_order_of_the_enum_and_a_tag_of_its_own()
    {
        Assert.Equal(Enum.GetValues<DeliveryOutcome>(), DeliveryOutcomes.Table.Select(m => m.Outcome));
        Assert.Equal(DeliveryOutcomes.Table.Count, DeliveryOutcomes.Table.Select(m => m.Tag).Distinct(StringComparer.Ordinal).Count());
        Assert.All(DeliveryOutcomes.Table, m => Assert.Matches("^[a-z_]+$", m.Tag));
    }

    // The table of the README: status, what the body says, how it is named, what follows.
    [Theory]
    [InlineData(408, """{"message":"Timed out"}""", "Unreachable", "Transient")]
    [InlineData(425, "", "Unreachable", "Transient")]
    [InlineData(429, """{"message":"slow down"}""", "Throttled", "PausesTarget")]
    [InlineData(429, "<html>busy</html>", "Throttled", "PausesTarget")]
    [InlineData(403, """{"message":"You have exceeded your API call limit. Come back later"}""", "Throttled", "PausesTarget")]
    [InlineData(403, "<h1>You have EXCEEDED your api call LIMIT</h1>", "Throttled", "PausesTarget")]
    [InlineData(400, """{"message":"You have exceeded your API call limit"}""", "Throttled", "PausesTarget")]
    [InlineData(500, "<html>oops</html>", "Unreachable", "Transient")]
    [InlineData(501, "", "Unreachable", "Transient")]
    [InlineData(502, "<html>nginx</html>", "Unreachable", "Transient")]
    [InlineData(503, """{"message":"down"}""", "Unreachable", "Transient")]
    [InlineData(504, "", "Unreachable", "Transient")]
    [InlineData(401, """{"message":"This resource requires authentication"}""", "Unauthorized", "PausesTarget")]
    [InlineData(401, "", "Unauthorized", "PausesTarget")]
    [InlineData(403, "Forbidden!", "Unauthorized", "PausesTarget")]
    [InlineData(403, """{"message":"Account resource usage limits were met for 'acme'"}""", "Unauthorized", "PausesTarget")]
    [InlineData(403, """{"message":"Repository '/acme/images' must be premium"}""", "Rejected", "Permanent")]
    [InlineData(403, """{"message":"Your repo commercial type does not support this"}""", "Rejected", "Permanent")]
    [InlineData(404, """{"message":"Subject 'acme' was not found"}""", "Missing", "Permanent", "subject")]
    [InlineData(404, """{"message":"Repo 'images' was not found"}""", "Missing", "Permanent", "repository")]
    [InlineData(404, """{"message":"Package 'team:web' was not found"}""", "Missing", "Permanent", "package")]
    [InlineData(404, """{"message":"Version 'Package' was not found"}""", "Missing", "Permanent", "version")]
    [InlineData(404, """{"message":"Not Found"}""", "Rejected", "Permanent")]
    [InlineData(404, "<html>404</html>", "Unreachable", "Transient")]
    [InlineData(404, "", "Unreachable", "Transient")]
    [InlineData(405, "<html>405 Not Allowed</html>", "Unreachable", "Transient")]
    [InlineData(405, """{"message":"no"}""", "Rejected", "Permanent")]
    [InlineData(400, """{"message":"License 'X' does not exist"}""", "Rejected", "Permanent")]
    [InlineData(400, "<html>bad</html>", "Rejected", "Permanent")]
    [InlineData(409, """{"message":"conflict"}""", "Rejected", "Permanent")]
    [InlineData(413, "", "Rejected", "Permanent")]
    [InlineData(422, """["not","an","object"]""", "Rejected", "Permanent")]
    [InlineData(301, "", "Unreachable", "Transient")]
    [InlineData(308, "<html>moved</html>", "Unreachable", "Transient")]
    public void An_answer_is_named_by_its_status_and_its_words(int status, string body, string outcome, string nature, string? missing = null)
    {
        (var failure, var reason, var part) = BintrayReplies.Judge(status, Encoding.UTF8.GetBytes(body), creates: false);

        Assert.Equal(outcome, failure.ToString());
        Assert.Equal(nature, failure!.Value.Meaning().Nature.ToString());
        Assert.Equal(missing, part);
        Assert.Contains(status.ToString(System.Globalization.CultureInfo.InvariantCulture), reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, false)]
    [InlineData(201, true)]
    [InlineData(204, false)]
    [InlineData(409, true)]
    public void A_success_and_a_conflict_on_create_are_fine(int status, bool creates) =>
        Assert.Null(BintrayReplies.Judge(status, "anything"u8, creates).Failure);

    [Fact]
    public void The_quoted_words_are_one_bounded_line()
    {
        var body = $$"""{"message":"first\r\nsecond\u001b[31m\u202e {{new string('x', 5000)}}"}""";

        var reason = BintrayReplies.Judge(400, Encoding.UTF8.GetBytes(body), creates: false).Reason;

        Assert.StartsWith("The target answered 400: first second [31m xxx", reason, StringComparison.Ordinal);
        Assert.DoesNotContain(reason, char.IsControl);
        Assert.True(reason.Length < 400, reason);
    }

    [Fact]
    public void A_redirect_says_where_to_without_path_or_query()
    {
        var reason = BintrayReplies.Judge(302, [], creates: false, new Uri("https://jfrog.example/login?token=t0p")).Reason;

        Assert.Contains("to https://jfrog.example (302)", reason, StringComparison.Ordinal);
        Assert.DoesNotContain("t0p", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_bytes_are_survived() =>
        Check.Sample(
            Gen.Select(Gen.Int[100, 599], Gen.Byte.Array[0, 200]),
            pair => Assert.True(BintrayReplies.Judge(pair.Item1, pair.Item2, creates: false).Reason.Length < 500),
            iter: PropertyRuns.Of(100));
}
