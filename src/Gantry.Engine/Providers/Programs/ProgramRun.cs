using System.Globalization;
using System.Text;
using System.Text.Json;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Secrets;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Providers.Programs;

/// <summary>One run of a program, here or at a server: what is common to both, from its parameters to the result.</summary>
public sealed class ProgramRun
{
    private const int BytesMax = 5 * 1024 * 1024;
    private const int BytesUsual = 1024 * 1024;
    private const int WordsMax = 4_000;
    private const int WordBytesMax = 128 * 1024;
    private const int WordsBytesMax = 1024 * 1024;

    private readonly HashSet<int> expected;

    public ProgramRun(ProviderCall call)
    {
        Parameters = new HttpCall(call);
        Timeout = ServerParameters.TimeoutOf(Parameters, TimeSpan.FromMinutes(5));
        var bytesMax = ServerParameters.NumberOf(Parameters, "max_bytes", BytesUsual, 0, BytesMax);
        Output = new ProgramOutput(call, StepLogLevel.Info, bytesMax);
        Errors = new ProgramOutput(call, StepLogLevel.Warning, bytesMax);
        expected = ExpectedOf(Parameters);
    }

    public static Setting Input { get; } = new() { Name = "input", TakesSecrets = true, Help = "What the program reads on its standard input; ${cred:NAME} in it stays out of command lines." };

    public static IReadOnlyList<Setting> Common { get; } =
    [
        Input,
        new() { Name = "expected_exit", Type = SettingType.List, Items = SettingType.Integer, Default = JsonElement.Parse("[0]"), Help = "The exit statuses that are a success." },
        new() { Name = "max_bytes", Type = SettingType.Integer, Default = JsonElement.Parse("1048576"), Help = "How much of its output, and of its errors, is kept; the rest is dropped." },
        new() { Name = "timeout", Type = SettingType.Duration, Default = Scalars.Text("5m"), Help = "How long it may run; then it is ended." },
    ];

    public HttpCall Parameters { get; }

    public TimeSpan Timeout { get; }

    public ProgramOutput Output { get; }

    public ProgramOutput Errors { get; }

    /// <summary>The texts of a list, each fit to be an argument.</summary>
    public static IReadOnlyList<string> WordsOf(string name, JsonElement list)
    {
        List<string> words = [.. list.EnumerateArray().Select((item, index) => WordOf($"{name}[{index}]", item))];
        return words.Count <= WordsMax && words.Sum(word => (long)word.Length) <= WordsBytesMax
            ? words
            : throw HttpCall.Bad($"'{name}' has more than {WordsMax:N0} items, or more than {WordsBytesMax:N0} characters. Give the program its data by 'input'.");
    }

    public static string WordOf(string name, JsonElement value)
    {
        var word = Scalars.Convert(SettingType.Text, value) is { } text ? Scalars.TextOf(text) : null;
        if (word is null || word.Contains('\0', StringComparison.Ordinal))
        {
            throw HttpCall.Bad($"'{name}' must be a text without a NUL, a number, true or false.");
        }

        return Encoding.UTF8.GetByteCount(word) <= WordBytesMax ? word : throw HttpCall.Bad($"'{name}' is longer than {WordBytesMax:N0} bytes. Give the program its data by 'input'.");
    }

    public async ValueTask<byte[]> InputAsync(ISecretResolver secrets, CancellationToken cancellationToken) =>
        Encoding.UTF8.GetBytes(await SecretText.ExpandAsync(Parameters.FindText("input") ?? "", secrets, cancellationToken));

    /// <summary>{exit_status, stdout, stderr, stdout_truncated, stderr_truncated}, as a failure unless the status was to be expected.</summary>
    /// <param name="name">What ended, for the message.</param>
    /// <param name="status">Null when a signal ended it.</param>
    public ProviderResult ToResult(string name, int? status)
    {
        Output.End();
        Errors.End();
        var output = JsonSerializer.SerializeToElement(new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["exit_status"] = status,
            ["stdout"] = Output.Text,
            ["stderr"] = Errors.Text,
            ["stdout_truncated"] = Output.IsTruncated,
            ["stderr_truncated"] = Errors.IsTruncated,
        });
        if (status is { } known && expected.Contains(known))
        {
            return ProviderResult.Success(output, $"{name} ended with {known}.");
        }

        const int SaidMax = 300;
        var last = Errors.LastLine is { Length: > 0 } errors ? errors : Output.LastLine;
        var said = last.Length == 0 ? "." : $": {(last.Length > SaidMax ? last[..SaidMax] + "…" : last)}";
        return ProviderResult.Failure(
            new ProviderError
            {
                Kind = ProviderErrorKind.Upstream,
                Message = status is null ? $"{name} was ended by a signal{said}" : $"{name} ended with {status}{said}",
                Status = status,
            },
            output);
    }

    /// <summary>It was ended because its time was over.</summary>
    public ProviderException TooLate(string name)
    {
        Output.End();
        Errors.End();
        return new ProviderException(new ProviderError
        {
            Kind = ProviderErrorKind.TimedOut,
            Message = $"{name} did not end within {Duration.Format(Timeout)}, and was ended. Raise 'timeout', or give it less to do.",
        });
    }

    private static HashSet<int> ExpectedOf(HttpCall parameters) =>
        parameters.Find("expected_exit") is { } list
            ? [.. list.EnumerateArray().Select(item => int.TryParse(item.GetRawText(), NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status <= 255
                ? status
                : throw HttpCall.Bad("'expected_exit' is a list of exit statuses from 0 to 255."))]
            : [0];
}
