using System.Xml;
using System.Xml.Linq;
using Gantry.Engine.Providers.Web;

namespace Gantry.Engine.Providers.Texts;

/// <summary>XML that anybody may have written: without a document type, and neither deep nor of millions of nodes.</summary>
public static class XmlDocuments
{
    /// <summary>Deeper ones are refused; a value made of them must still be a step's output.</summary>
    public const int DepthMax = 28;

    private const int NodesMax = 1_000_000;

    /// <summary>What it says of its own encoding counts for nothing: it is text already.</summary>
    public static XDocument Read(string text, int depthMax = DepthMax) =>
        Read(settings => XmlReader.Create(new StringReader(text.StartsWith('\uFEFF') ? text[1..] : text), settings), depthMax);

    /// <summary>In the encoding that it says itself.</summary>
    public static XDocument Read(byte[] bytes, int depthMax = DepthMax) => Read(settings => XmlReader.Create(new MemoryStream(bytes), settings), depthMax);

    private static XDocument Read(Func<XmlReaderSettings, XmlReader> open, int depthMax)
    {
        try
        {
            // Once to know that it is harmless, and again to keep it.
            using (var look = open(Settings()))
            {
                for (var nodes = 0; look.Read(); nodes += 1 + look.AttributeCount)
                {
                    if (look.Depth > depthMax || nodes > NodesMax)
                    {
                        throw HttpCall.Bad($"The XML is nested more than {depthMax} deep, or has more than {NodesMax:N0} nodes.");
                    }
                }
            }

            using var reader = open(Settings());
            return XDocument.Load(reader);
        }
        catch (XmlException exception)
        {
            throw HttpCall.Bad($"It is no XML that is read here: {exception.Message}");
        }
    }

    private static XmlReaderSettings Settings() => new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = 2 * TextFile.BytesMax,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };
}
