namespace GrafeasBridge.Documentation;

/// <summary>Section <c>Rest</c>: documentation of the REST interface.</summary>
internal sealed class DocumentationOptions
{
    public const string Section = "Rest";

    /// <summary>
    /// Serves the OpenAPI document at <c>/openapi.json</c> and a page that shows it at <c>/docs</c>. Both ask for a key, any
    /// valid one, where calls do.
    /// </summary>
    public bool Documentation { get; set; }
}
