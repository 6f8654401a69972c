using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace Gantry.Bench.S3;

internal sealed class LightS3Answer
{
    public int Status { get; set; } = 200;

    public List<KeyValuePair<string, string>> Headers { get; } = [];

    public long Length { get; set; }

    public List<ReadOnlyMemory<byte>> Content { get; } = [];

    public static LightS3Answer Failure(int status, string code)
    {
        var answer = Xml(new XElement("Error", new XElement("Code", code)));
        answer.Status = status;
        return answer;
    }

    public static LightS3Answer Xml(XElement element)
    {
        var bytes = Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + element.ToString(SaveOptions.DisableFormatting));
        return new LightS3Answer { Headers = { new("Content-Type", "application/xml") }, Length = bytes.Length, Content = { bytes } };
    }

    /// <summary>A time as S3's documents tell it.</summary>
    public static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
