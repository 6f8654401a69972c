using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;

namespace Gantry.Plugins.Providers.Http;

/// <summary>Any HTTP request. The output is {status, headers, body}, the body parsed where it is JSON.</summary>
public sealed class HttpProvider : IProvider
{
    public string Id => "http";

    public string Title => "HTTP";

    public string Help => "Sends requests to any web address and reads the answers.";

    public IReadOnlyList<ProviderAction> Actions { get; } =
    [
        new()
        {
            Id = "request",
            Help = "Sends a request with any method.",
            Parameters = [HttpParameters.Method, HttpParameters.Url, .. HttpParameters.Bodies, .. HttpParameters.Common],
            IsRepeatableWith = HttpCall.IsRepeatable,
        },
        Action("get", "Reads what is at a URL.", hasBody: false, isRepeatable: true),
        Action("post", "Sends data to a URL, which usually makes something new there.", hasBody: true, isRepeatable: false),
        Action("put", "Puts data at a URL in place of what is there.", hasBody: true, isRepeatable: true),
        Action("patch", "Changes a part of what is at a URL.", hasBody: true, isRepeatable: false),
        Action("delete", "Deletes what is at a URL.", hasBody: true, isRepeatable: true),
    ];

    public Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var http = new HttpCall(call);
        var method = call.Action == "request" ? http.FindText("method") ?? "GET" : call.Action;
        return http.SendAsync(HttpCall.MethodOf(method), http.FindText("url") ?? "", cancellationToken);
    }

    private static ProviderAction Action(string id, string help, bool hasBody, bool isRepeatable) => new()
    {
        Id = id,
        Help = help,
        Parameters = hasBody
            ? [HttpParameters.Url, .. HttpParameters.Bodies, .. HttpParameters.Common]
            : [HttpParameters.Url, .. HttpParameters.Common],
        IsRepeatable = isRepeatable,
    };
}
