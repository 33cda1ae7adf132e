namespace GrafeasBridge.Mapping.Table;

/// <summary>A mapping table that cannot be used; the message names the file, the row, the source and the remedy.</summary>
internal sealed class MappingTableException(string message, Exception? cause = null) : Exception(message, cause);
