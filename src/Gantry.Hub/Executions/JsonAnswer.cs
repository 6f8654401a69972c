using System.Text.Json;

namespace Gantry.Hub.Executions;

/// <summary>An answer written member by member, since part of it is JSON already.</summary>
internal sealed class JsonAnswer(Action<Utf8JsonWriter> write, int status) : IResult
{
    private static readonly JsonWriterOptions Options = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonAnswer Of(Action<Utf8JsonWriter> write, int status = StatusCodes.Status200OK) => new(write, status);

    /// <summary>A page as every list has it.</summary>
    public static JsonAnswer Page<T>(IReadOnlyList<T> found, int limit, Action<T, Utf8JsonWriter> write, Func<T, string> cursor) => Of(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("items");
        foreach (var item in found.Take(limit))
            write(item, json);
        json.WriteEndArray();
        json.WriteString("next", found.Count > limit ? cursor(found[limit - 1]) : null);
        json.WriteEndObject();
    });

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = status;
        httpContext.Response.ContentType = "application/json; charset=utf-8";
        await using (var json = new Utf8JsonWriter(httpContext.Response.BodyWriter, Options))
            write(json);
        await httpContext.Response.BodyWriter.FlushAsync(httpContext.RequestAborted);
    }
}
