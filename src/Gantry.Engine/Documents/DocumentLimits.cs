namespace Gantry.Engine.Documents;

/// <summary>What a document may cost. Anything larger was not written by a person, or not for us.</summary>
public sealed record DocumentLimits
{
    /// <summary>Maps and lists within each other. Readers of documents recurse so deep and no deeper.</summary>
    public const int DepthMax = 64;

    public static DocumentLimits Default { get; } = new();

    /// <summary>The whole document in UTF-8.</summary>
    public int BytesMax { get; init; } = 1024 * 1024;

    /// <summary>Scalars, and the beginnings and ends of maps and lists.</summary>
    public int EventsMax { get; init; } = 100_000;

    /// <summary>
    /// For documents that others publish as they are: where it is noted that a name stands twice in a map (the first one counts), instead of refusing the document. YAML's
    /// anchors, aliases and tags are taken then: an alias is the very node it names, which is not copied, so that who walks through the tree has to count. Null refuses.
    /// </summary>
    public ICollection<DocumentException>? Tolerated { get; init; }

    internal void Repeat(string name, DocumentPosition position)
    {
        var refusal = new DocumentException(position, $"The name '{name}' stands twice in this map.");
        if (Tolerated is null)
        {
            throw refusal;
        }

        Tolerated.Add(refusal);
    }
}

/// <summary>The document cannot be read. The message says what is wrong, the position where.</summary>
public sealed class DocumentException(DocumentPosition position, string message, Exception? innerException = null) : Exception(message, innerException)
{
    public DocumentPosition Position { get; } = position;
}
