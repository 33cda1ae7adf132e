namespace BintrayEmulator.Http;

/// <summary>
/// The service answered at <c>api.bintray.com/…</c> and at <c>bintray.com/api/v1/…</c>, and some clients join the two or double the
/// first slash. All of these are one path here.
/// </summary>
internal static class PathRules
{
    private const string Prefix = "/api/v1";

    public static Task Apply(HttpContext context, RequestDelegate next)
    {
        context.Request.Path = Normalise(context.Request.Path.Value ?? "/");
        return next(context);
    }

    public static string Normalise(string path)
    {
        var single = "/" + path.TrimStart('/');
        if (!single.StartsWith(Prefix, StringComparison.Ordinal) || single.Length > Prefix.Length && single[Prefix.Length] != '/')
            return single;

        return "/" + single[Prefix.Length..].TrimStart('/');
    }
}
