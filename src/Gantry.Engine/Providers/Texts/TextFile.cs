using System.Text;
using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;
using Gantry.Engine.Transfers;

namespace Gantry.Engine.Providers.Texts;

/// <summary>The text that an action works on or gives: as a value, or as a file of any endpoint. Small enough to be a step's output.</summary>
public static class TextFile
{
    public const int BytesMax = 15 * 1024 * 1024;

    private const int TransferIdLength = 20;

    public static Setting Text { get; } = new() { Name = "text", Help = "The text itself." };

    public static Setting From { get; } = new() { Name = "from", Type = SettingType.Address, Help = "The address of a file with the text, in place of 'text'." };

    public static Setting Encoding { get; } = new()
    {
        Name = "encoding",
        Default = Scalars.Text("utf-8"),
        Help = "Of the file, where no byte order mark says it: utf-8, utf-16, iso-8859-1, windows-1252 and the like.",
    };

    public static Setting To { get; } = new() { Name = "to", Type = SettingType.Address, Help = "The address of a file to write it to; it is the output when none is given." };

    /// <summary>The parameters of an action that reads.</summary>
    public static IReadOnlyList<Setting> Reading { get; } = [Text, From, Encoding];

    /// <summary>The text, from wherever it is.</summary>
    public static async ValueTask<string> ReadAsync(ProviderCall call, HttpCall parameters, CancellationToken cancellationToken)
    {
        if (parameters.Find("from") is null)
        {
            return TextOf(parameters);
        }

        var (bytes, encoding) = (await ReadBytesAsync(call, parameters, cancellationToken), EncodingOf(parameters));
        try
        {
            using var reader = new StreamReader(new MemoryStream(bytes), encoding, detectEncodingFromByteOrderMarks: true);
            return await reader.ReadToEndAsync(cancellationToken);
        }
        catch (DecoderFallbackException)
        {
            throw HttpCall.Bad($"'{EndpointPath.Printable(parameters.FindText("from") ?? "")}' is no {parameters.FindText("encoding") ?? "utf-8"}. Give its 'encoding', such as iso-8859-1.");
        }
    }

    /// <summary>The bytes of the file that 'from' names; of 'text' as UTF-8 when none is named.</summary>
    public static async ValueTask<byte[]> ReadBytesAsync(ProviderCall call, HttpCall parameters, CancellationToken cancellationToken)
    {
        if (parameters.FindText("from") is not { } address)
        {
            return System.Text.Encoding.UTF8.GetBytes(TextOf(parameters));
        }

        if (parameters.Find("text") is not null)
        {
            throw HttpCall.Bad("Give 'text' or 'from', not both.");
        }

        var (folder, name) = FileOf(address);
        await using var endpoint = await call.Endpoints.OpenAsync(folder, cancellationToken);
        await using var content = await endpoint.OpenReadAsync(name, 0, null, cancellationToken);
        using var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int read; (read = await content.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            bytes.Write(buffer, 0, bytes.Length + read <= BytesMax ? read : throw HttpCall.Bad($"'{EndpointPath.Printable(address)}' is larger than {ByteSize.Format(BytesMax)}."));
        }

        return bytes.ToArray();
    }

    /// <summary>The text as the output {text}, or written to the file that 'to' names with {size} as the output.</summary>
    public static async ValueTask<ProviderResult> WriteAsync(ProviderCall call, HttpCall parameters, string text, CancellationToken cancellationToken)
    {
        if (parameters.FindText("to") is not { } address)
        {
            return text.Length <= BytesMax
                ? ProviderResult.Success(JsonSerializer.SerializeToElement(new Dictionary<string, string>(StringComparer.Ordinal) { ["text"] = text }))
                : throw HttpCall.Bad($"The text is longer than {ByteSize.Format(BytesMax)}. Write it to a file by 'to'.");
        }

        byte[] bytes;
        try
        {
            bytes = EncodingOf(parameters).GetBytes(text);
        }
        catch (EncoderFallbackException)
        {
            throw HttpCall.Bad($"The text has characters that {parameters.FindText("encoding")} has not. Leave 'encoding' out, for utf-8.");
        }

        var (folder, name) = FileOf(address);
        await using var endpoint = await call.Endpoints.OpenAsync(folder, cancellationToken);
        var options = new WriteOptions
        {
            PartialName = PartialName.Of(name, bytes.Length, null, call.IdempotencyKey[..Math.Min(TransferIdLength, call.IdempotencyKey.Length)]),
            Length = bytes.Length,
        };
        var written = await endpoint.WriteAsync(name, new MemoryStream(bytes), options, cancellationToken);
        return ProviderResult.Success(
            JsonSerializer.SerializeToElement(new Dictionary<string, long>(StringComparer.Ordinal) { ["size"] = written.Size }), $"{ByteSize.Format(written.Size)} written.");
    }

    /// <summary>Fails on bytes and characters that it does not have, instead of putting others in their place.</summary>
    public static Encoding EncodingOf(HttpCall parameters)
    {
        var name = parameters.FindText("encoding") ?? "utf-8";
        try
        {
            var known = CodePagesEncodingProvider.Instance.GetEncoding(name) ?? System.Text.Encoding.GetEncoding(name);
            return known.CodePage == System.Text.Encoding.UTF8.CodePage
                ? new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true)
                : System.Text.Encoding.GetEncoding(known.CodePage, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            // Code pages are known to their provider only.
            return CodePagesEncodingProvider.Instance.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
                ?? throw HttpCall.Bad($"There is no encoding '{name}'. Write utf-8, utf-16, iso-8859-1 or windows-1252, for example.");
        }
    }

    private static string TextOf(HttpCall parameters) => parameters.FindText("text") ?? throw HttpCall.Bad("Give 'text', or 'from' for a file.");

    private static (string Folder, string Name) FileOf(string address) => TransferPlaces.Split(address)
        ?? throw new EndpointException(EndpointError.BadSetting, $"'{EndpointPath.Printable(address)}' is no file in a folder that could be opened.");
}
