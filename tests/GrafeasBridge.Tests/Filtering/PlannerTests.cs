using Grafeas.V1;
using GrafeasBridge.Filtering;

namespace GrafeasBridge.Tests.Filtering;

public sealed class PlannerTests
{
    [Theory]
    [InlineData("", "always", true)]
    [InlineData("kind=BUILD", "Kind = 2", true)]
    [InlineData("kind!=BUILD", "Kind != 2", true)]
    [InlineData("kind:*", "Kind != 0", true)]
    [InlineData("NOT kind:*", "Kind = 0", true)]
    [InlineData("resourceUrl=\"A\" OR resource_uri=\"B\"", "(ResourceUri = 'A' or ResourceUri = 'B')", true)]
    [InlineData("resourceUrl=\"A*\"", "ResourceUri starts 'A'", true)]
    [InlineData("resourceUrl!=\"*A\"", "not ResourceUri ends 'A'", true)]
    [InlineData("resourceUrl=\"*\"", "always", true)]
    [InlineData("NOT resourceUrl:\"A\"", "not ResourceUri contains 'A'", true)]
    [InlineData("NOT (NOT has_prefix(resourceUrl, \"A\"))", "ResourceUri starts 'A'", true)]
    [InlineData("resourceUrl:*", "ResourceUri != ''", true)]
    [InlineData("NOT resourceUrl<\"A\"", "ResourceUri >= 'A'", true)]
    [InlineData("noteProjectId=p noteId=n", "(NoteProject = 'p' and NoteId = 'n')", true)]
    [InlineData("noteName=\"projects/p/notes/n\"", "(NoteProject = 'p' and NoteId = 'n')", true)]
    [InlineData("noteName!=\"projects/p/notes/n\"", "(NoteProject != 'p' or NoteId != 'n')", true)]
    [InlineData("noteName=\"n\"", "never", true)]
    [InlineData("noteName!=\"projects/p/notes/\"", "always", true)]
    [InlineData("noteName=\"projects/p/*\"", "always", false)]
    [InlineData("noteName=\"projects/p/notes/*\"", "NoteProject = 'p'", true)]
    [InlineData("has_prefix(noteName, \"projects/p/notes/CVE-\")", "(NoteProject = 'p' and NoteId starts 'CVE-')", true)]
    [InlineData("has_prefix(noteName, \"projects/p/notes/n/x\")", "always", false)]
    [InlineData("noteName>\"projects/p\"", "always", false)]
    // Ticks are 100 ns; a time between two of them moves to the next that can be told.
    [InlineData("createTime=\"1970-01-01T00:00:00Z\"", "CreateTime = 621355968000000000", true)]
    [InlineData("createTime>=\"1970-01-01T01:00:00.0000001+01:00\"", "CreateTime >= 621355968000000001", true)]
    [InlineData("createTime=\"1970-01-01T00:00:00.00000015Z\"", "never", true)]
    [InlineData("createTime!=\"1970-01-01T00:00:00.00000015Z\"", "always", true)]
    [InlineData("createTime<\"1970-01-01T00:00:00.00000015Z\"", "CreateTime <= 621355968000000001", true)]
    [InlineData("createTime<=\"1970-01-01T00:00:00.00000015Z\"", "CreateTime <= 621355968000000001", true)]
    [InlineData("createTime>\"1970-01-01T00:00:00.00000015Z\"", "CreateTime > 621355968000000001", true)]
    [InlineData("createTime>=\"1970-01-01T00:00:00.00000015Z\"", "CreateTime > 621355968000000001", true)]
    [InlineData("createTime<\"1969-12-31T23:59:59.99999995Z\"", "CreateTime <= 621355967999999999", true)]
    [InlineData("createTime>\"0000-01-01T00:00:00Z\"", "always", true)]
    [InlineData("createTime=\"0001-01-01T00:00:00+00:01\"", "never", true)]
    [InlineData("createTime<=\"0001-01-01T00:00:00+00:01\"", "never", true)]
    [InlineData("createTime>=\"9999-12-31T23:59:59.999999999Z\"", "never", true)]
    [InlineData("createTime<\"9999-12-31T23:59:59.999999999Z\"", "always", true)]
    [InlineData("createTime>\"9999-12-31T23:59:00-23:59\"", "never", true)]
    [InlineData("createTime:*", "always", true)]
    // What no column tells demands nothing, and negation does not make it demand anything.
    [InlineData("remediation=x", "always", false)]
    [InlineData("NOT remediation=x", "always", false)]
    [InlineData("kind=BUILD AND remediation=x", "Kind = 2", false)]
    [InlineData("NOT (kind=BUILD AND remediation=x)", "always", false)]
    [InlineData("NOT (kind=BUILD OR remediation=x)", "Kind != 2", false)]
    [InlineData("kind=BUILD OR remediation=x", "always", false)]
    [InlineData("kind=BUILD OR noteName=none", "Kind = 2", true)]
    [InlineData("remediation=x AND noteName=none", "never", true)]
    [InlineData("remediation=x OR createTime:*", "always", true)]
    [InlineData("NOT (remediation=x OR createTime:*)", "never", true)]
    [InlineData("kind=BUILD AND (kind=IMAGE AND noteId=n)", "(Kind = 2 and Kind = 3 and NoteId = 'n')", true)]
    [InlineData("NOT (kind=BUILD OR (noteId=a AND resourceUrl:b))", "(Kind != 2 and (NoteId != 'a' or not ResourceUri contains 'b'))", true)]
    public void What_columns_can_tell_is_taken_from_the_filter(string filter, string condition, bool exact)
    {
        var compiled = ListFilter.Compile(filter, FilterSubject.Occurrences, new FilterLimits());
        Assert.Equal((condition, exact), (ConditionText.Of(compiled.Condition), compiled.IsExact));
    }

    [Theory]
    [InlineData("noteId=n AND kind=BUILD", "(NoteId = 'n' and Kind = 2)", true)]
    [InlineData("name=\"projects/p/notes/n\"", "(NoteProject = 'p' and NoteId = 'n')", true)]
    [InlineData("createTime>\"1970-01-01T00:00:00Z\"", "CreateTime > 621355968000000000", true)]
    [InlineData("shortDescription=x", "always", false)]
    public void Notes_have_columns_of_their_name(string filter, string condition, bool exact)
    {
        var compiled = ListFilter.Compile(filter, FilterSubject.Notes, new FilterLimits());
        Assert.Equal((condition, exact), (ConditionText.Of(compiled.Condition), compiled.IsExact));
    }

    // As another version of the API needs it: fields in messages, and kinds with numbers of their own.
    [Theory]
    [InlineData("resourceUrl=A", "ResourceUri = 'A'", true)]
    [InlineData("origin.resource_uri=A", "always", false)]
    [InlineData("kind=BUILD", "Kind = 102", true)]
    [InlineData("kind=IMAGE", "never", true)]
    [InlineData("kind!=IMAGE", "always", true)]
    public void A_subject_says_what_its_columns_are(string filter, string condition, bool exact)
    {
        var subject = new FilterSubject(Occurrence.Descriptor)
        {
            Aliases = [new FilterAlias("resource_url", "build.provenance.id"), new FilterAlias("origin", "deployment")],
            Columns = [new FilterColumn(Column.ResourceUri, "build.provenance.id"), new FilterColumn(Column.Kind, "kind")],
            StoreKind = number => number == (int)NoteKind.Image ? null : number + 100,
        };
        var compiled = ListFilter.Compile(filter, subject, new FilterLimits());
        Assert.Equal((condition, exact), (ConditionText.Of(compiled.Condition), compiled.IsExact));
    }
}
