using GrafeasBridge.Filtering;

namespace GrafeasBridge.Tests.Filtering;

public sealed class BindingTests
{
    [Theory]
    [InlineData("justaword", 1, "found the word 'justaword' alone, expected a comparison such as field=\"value\"")]
    [InlineData("\"a string\"", 1, "found a value alone, expected a comparison such as field=\"value\"")]
    [InlineData("kind=BUILD 7", 12, "found a value alone, expected a comparison such as field=\"value\"")]
    [InlineData("build.provenance", 6, "found a value alone, expected a comparison such as field=\"value\"")]
    [InlineData("build[0]", 6, "found a value alone, expected a comparison such as field=\"value\"")]
    [InlineData("1=1", 1, "found a number, expected a field")]
    [InlineData("\"kind\"=BUILD", 1, "found the text 'kind', expected a field")]
    [InlineData("(kind)=BUILD", 2, "found an expression in brackets, expected a field")]
    [InlineData("kind=(BUILD)", 7, "found an expression in brackets, expected a value")]
    [InlineData("has_prefix(name, x)=true", 1, "found a call of 'has_prefix', expected a field")]
    [InlineData("name=f(x)", 6, "found a call of 'f', expected a value")]
    [InlineData("name=a.b", 7, "found a path, expected a value; put text with a dot in double quotes")]
    [InlineData("name=\"\\xff\"", 6, "found escapes that make no UTF-8 text, expected text")]
    [InlineData("noSuchField=x", 1, "found 'noSuchField', expected a field: grafeas.v1.Occurrence has no such field")]
    [InlineData("build.noSuch=x", 7, "found 'noSuch', expected a field: grafeas.v1.BuildOccurrence has no such field")]
    [InlineData("Kind=BUILD", 1, "found 'Kind', expected a field: grafeas.v1.Occurrence has no such field")]
    [InlineData("details:*", 1, "found 'details', expected a field: grafeas.v1.Occurrence has no such field")]
    [InlineData("name.x=y", 6, "found 'x', expected a field: grafeas.v1.Occurrence.name has no fields that a filter can name")]
    [InlineData("noteId.x=y", 8, "found 'x', expected a field: a part of a text has no fields")]
    [InlineData("createTime.seconds=1", 12, "found 'seconds', expected a field: grafeas.v1.Occurrence.create_time has no fields that a filter can name")]
    [InlineData("build[\"provenance\"]:*", 7, "found 'provenance', expected a field: grafeas.v1.Occurrence.build is no map")]
    [InlineData("build.provenance.commands[0]=x", 27, "found '0', expected a field: grafeas.v1.BuildProvenance.commands is no map")]
    [InlineData("kind>BUILD", 1, "found a field that is one of a few names, expected =, != or : with it")]
    [InlineData("kind=build", 6, "found 'build', expected a name of grafeas.v1.NoteKind")]
    [InlineData("kind=PACKAGE_VULNERABILITY", 6, "found 'PACKAGE_VULNERABILITY', expected a name of grafeas.v1.NoteKind")]
    [InlineData("kind='BUILD'", 6, "found ''BUILD'', expected a name of grafeas.v1.NoteKind; quotes are double ones")]
    [InlineData("kind=3", 6, "found '3', expected a name of grafeas.v1.NoteKind")]
    [InlineData("kind=*", 6, "found '*', expected a name of grafeas.v1.NoteKind")]
    [InlineData("vulnerability.cvssScore>high", 25, "found 'high', expected a number")]
    [InlineData("vulnerability.cvssScore>\"\"", 25, "found '', expected a number")]
    [InlineData("vulnerability.cvssScore>\" 1\"", 25, "found ' 1', expected a number")]
    [InlineData("vulnerability.cvssScore>\"NaN\"", 25, "found 'NaN', expected a number")]
    [InlineData("vulnerability.cvssScore>\"1e999\"", 25, "found '1e999', expected a number")]
    [InlineData("vulnerability.fixAvailable=maybe", 28, "found 'maybe', expected true or false")]
    [InlineData("vulnerability.fixAvailable=\" true\"", 28, "found ' true', expected true or false")]
    [InlineData("vulnerability.fixAvailable=1", 28, "found '1', expected true or false")]
    [InlineData("vulnerability.fixAvailable>false", 1, "found a field that is true or false, expected = or != with it")]
    [InlineData("createTime>2024-01-01", 12, "found '2024-01-01', expected an RFC 3339 time in quotes, as \"2024-01-31T12:00:00Z\"")]
    [InlineData("createTime:\"2024-01-01T00:00:00Z\"", 1, "found a field that is a time, expected one of = != < <= > >= or :* with it")]
    [InlineData("build=x", 1, "found a field that is a message, expected one of its fields, ':' and a field, or ':*' with it")]
    [InlineData("build:noSuch", 7, "found 'noSuch', expected a field of grafeas.v1.BuildOccurrence")]
    [InlineData("createTime:seconds", 1, "found a field that is a time, expected one of = != < <= > >= or :* with it")]
    [InlineData("build.provenance.buildOptions=x", 1, "found a field that is a map, expected map.key, map[\"key\"], or ':' and a key with it")]
    [InlineData("envelope.payload=\"e30=\"", 1, "found a field that is bytes, expected ':*' with it")]
    [InlineData("envelope.payload:\"e30=\"", 1, "found a field that is bytes, expected ':*' with it")]
    [InlineData("build.intotoProvenance.recipe.arguments.typeUrl=x", 41, "found 'typeUrl', expected a field: grafeas.v1.Recipe.arguments has no fields that a filter can name")]
    [InlineData("noSuchFunction(name, x)", 1, "found a call of 'noSuchFunction'; the only function is has_prefix(field, \"text\")")]
    [InlineData("name.has_prefix(x)", 5, "found a call of 'has_prefix'; the only function is has_prefix(field, \"text\")")]
    [InlineData("_||_((kind=BUILD), (kind=IMAGE))", 1, "found a call of '_||_'; the only function is has_prefix(field, \"text\")")]
    [InlineData("has_prefix(name)", 1, "found has_prefix with 1 arguments, expected a field and a text")]
    [InlineData("has_prefix(kind, B)", 12, "found a field that is no text, expected one: only a text has a prefix")]
    [InlineData("has_prefix(build.provenance.buildOptions, B)", 12, "found a field that is no text, expected one: only a text has a prefix")]
    [InlineData("has_prefix(\"name\", B)", 12, "found the text 'name', expected a field")]
    public void A_filter_without_a_meaning_is_refused_when_it_is_read(string filter, int character, string sentence)
    {
        var refused = Refused(filter, FilterSubject.Occurrences);
        Assert.Equal($"at character {character}: {sentence}", refused.Message);
        Assert.Equal(character - 1, refused.Position);
    }

    [Theory]
    [InlineData("2024-01-01T00:00:00")]
    [InlineData("2024-01-01 00:00:00Z")]
    [InlineData("2024-02-30T00:00:00Z")]
    [InlineData("2023-02-29T00:00:00Z")]
    [InlineData("2024-13-01T00:00:00Z")]
    [InlineData("2024-00-01T00:00:00Z")]
    [InlineData("2024-01-01T24:00:00Z")]
    [InlineData("2024-01-01T00:60:00Z")]
    [InlineData("2024-01-01T00:00:60Z")]
    [InlineData("2024-01-01T00:00:00.Z")]
    [InlineData("2024-01-01T00:00:00.1234567890Z")]
    [InlineData("2024-01-01T00:00:00+2:00")]
    [InlineData("2024-01-01T00:00:00+24:00")]
    [InlineData("2024-01-01T00:00:00+00:60")]
    [InlineData("2024-01-01T00:00:00Zx")]
    [InlineData("2024-01-01T00:00:00.5")]
    [InlineData("12024-01-01T00:00:00Z")]
    [InlineData("-024-01-01T00:00:00Z")]
    [InlineData("2024-01-01T00:00Z")]
    [InlineData("")]
    public void What_is_no_RFC_3339_time_is_refused(string time) => Refused($"createTime>\"{time}\"", FilterSubject.Occurrences);

    [Fact]
    public void A_project_is_filtered_by_its_name_alone()
    {
        Refused("kind=BUILD", FilterSubject.Projects);
        Refused("noteId=x", FilterSubject.Projects);
        var byName = ListFilter.Compile("name=\"projects/a*\"", FilterSubject.Projects, new FilterLimits());
        Assert.True(byName.Matches(new Grafeas.V1.Project.Project { Name = "projects/ab" }));
        Assert.False(byName.Matches(new Grafeas.V1.Project.Project { Name = "projects/b" }));
    }

    [Fact]
    public void A_subject_names_only_fields_that_exist() => Assert.Throws<ArgumentException>(() =>
        new FilterSubject(Grafeas.V1.Occurrence.Descriptor) { Columns = [new FilterColumn(Column.ResourceUri, "resource.uri")] });

    [Fact]
    public void A_long_word_is_shortened_in_the_refusal()
    {
        var message = Refused(new string('x', 5000), FilterSubject.Occurrences).Message;
        Assert.True(message.Length < 200, message);
        Assert.Contains("…'", message, StringComparison.Ordinal);
    }

    private static FilterException Refused(string filter, FilterSubject subject) =>
        Assert.Throws<FilterException>(() => ListFilter.Compile(filter, subject, new FilterLimits()));
}
