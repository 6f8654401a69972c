using Gantry.Engine.Documents;
using Gantry.Engine.Expressions;

namespace Gantry.Engine.Providers.Manifests.Reading;

/// <summary>Reads actions, their parameters and what becomes of their answers.</summary>
internal sealed class ActionReader(ManifestFindings findings, IReadOnlyDictionary<string, ManifestPaging> pagings)
{
    private static readonly ManifestPattern IdPattern = new("[a-z][a-z0-9_]{0,63}");

    private static readonly ManifestPattern ParameterPattern = new("[A-Za-z_$@][A-Za-z0-9_.:$@-]*");

    public ManifestAction Read(DocumentMember member)
    {
        if (!IdPattern.Fits(member.Name))
        {
            findings.Add(member.Position, $"'{member.Name}' is no id of an action: lower-case letters, digits and '_', a letter first, at most 64.");
        }

        var fields = new ManifestFields(member.Value, findings, $"The action '{member.Name}'");
        var call = ReadCall(fields);
        var body = fields.Value("body");
        var constants = new ManifestConstants(fields.Templates("headers"), fields.Templates("query"), body);
        var kind = fields.Choice("kind", ManifestNames.Kinds) ?? (call.Method switch
        {
            "DELETE" => ActionKind.Delete,
            _ => call.IsRead ? ActionKind.Read : ActionKind.Write,
        });
        var idempotency = fields.Find("idempotency") is { } key ? ReadIdempotency(key) : null;
        var action = new ManifestAction
        {
            Id = member.Name,
            Help = fields.Help(isRequired: true) ?? "",
            Call = call,
            Kind = kind,
            IsRepeatable = fields.Flag("repeatable") ?? (kind == ActionKind.Read || call.Method is "PUT" or "DELETE" || idempotency is not null),
            Constants = constants,
            Encoding = fields.Choice("encoding", ManifestNames.Encodings),
            ContentType = fields.Text("content_type"),
            GraphQL = fields.Text("graphql"),
            Xml = fields.Template("xml"),
            SoapAction = fields.Template("soap_action"),
            Rpc = fields.Text("rpc"),
            Auth = fields.Texts("auth"),
            Scopes = fields.Texts("scopes"),
            Idempotency = idempotency,
            Paging = ReadPagingOf(fields),
            Response = fields.Find("response") is { } response ? ReadResponse(response) : new ManifestResponse(),
            Errors = fields.Find("errors") is { } errors ? ReadErrors(errors) : new ManifestErrors(),
            Timeout = fields.Seconds("timeout_seconds", 1),
            Poll = fields.Find("poll") is { } poll ? ReadPoll(poll) : null,
            Deprecated = fields.Text("deprecated"),
        };
        action = action with { Parameters = [.. fields.Map("params").Select(parameter => ReadParameter(parameter, action))] };
        fields.End();
        foreach (var name in call.ParameterNames.Where(name => !action.Parameters.Any(parameter => parameter.Place == ParameterPlace.Path && (parameter.Id == name || parameter.Name == name))))
        {
            findings.Add(fields.Find("call")!.Position, $"The path names {{{name}}}, and there is no such parameter.");
        }

        return action;
    }

    public static ManifestCall ReadCall(ManifestFields fields)
    {
        var none = new ManifestCall("GET", new ManifestText("/"));
        if (fields.Text("call", isRequired: true) is not { } text)
        {
            return none;
        }

        var node = fields.Find("call")!;
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        var method = space < 0 ? text : text[..space];
        var target = space < 0 ? "" : text[(space + 1)..];
        if (!ManifestNames.Methods.Contains(method, StringComparer.Ordinal) || target.Length == 0 || WithoutReferences(target).Any(char.IsWhiteSpace))
        {
            fields.Findings.Add(node.Position, $"'call' is a method and a path, such as GET /contacts/{{id}}; methods are {string.Join(", ", ManifestNames.Methods)}.");
            return none;
        }

        if (target[0] != '/' && !target.StartsWith("${", StringComparison.Ordinal) && !target.StartsWith("https://", StringComparison.Ordinal) && !target.StartsWith('?'))
        {
            fields.Findings.Add(node.Position, "The path of 'call' begins with '/', or it is an address that begins with https://.");
        }

        return new ManifestCall(method, fields.TemplateOf(node, target));
    }

    public ManifestPaging ReadPaging(DocumentNode node)
    {
        var fields = new ManifestFields(node, findings, "Paging");
        var kind = fields.Choice("kind", ManifestNames.PagingKinds, isRequired: true) ?? PagingKind.Cursor;
        var size = fields.Find("size") is { } sizeNode ? new ManifestFields(sizeNode, findings, "The size of a page") : null;
        var place = fields.Choice("in", ManifestNames.PagingPlaces) ?? ParameterPlace.Query;
        var paging = new ManifestPaging
        {
            Kind = kind,
            Name = fields.Text("name"),
            Place = place,
            Next = fields.Path("next"),
            Id = fields.Path("id"),
            More = fields.Path("more"),
            Total = fields.Path("total"),
            Start = fields.Integer("start"),
            SizeName = size?.Text("name", isRequired: true),
            SizePlace = size?.Choice("in", ManifestNames.PagingPlaces) ?? (kind is PagingKind.Link or PagingKind.NextUrl ? ParameterPlace.Query : place == ParameterPlace.Header ? ParameterPlace.Query : place),
            SizeDefault = RequiredInteger(size, "default"),
            SizeMax = size?.Integer("max", 1),
        };
        size?.End();
        fields.End();
        foreach (var missing in MissingOf(paging))
        {
            findings.Add(node.Position, $"Paging of this kind needs '{missing}'.");
        }

        return paging;
    }

    public ManifestErrors ReadErrors(DocumentNode node)
    {
        var fields = new ManifestFields(node, findings, "'errors'");
        Dictionary<string, ProviderErrorKind> kinds = new(StringComparer.Ordinal);
        foreach (var member in fields.Map("kinds"))
        {
            if (member.Value.Kind == DocumentKind.Text && ManifestNames.ErrorKinds.TryGetValue(member.Value.Text, out var kind))
            {
                kinds[member.Name] = kind;
            }
            else
            {
                findings.Add(member.Value.Position, $"A kind of failure is one of {string.Join(", ", ManifestNames.ErrorKinds.Keys)}.");
            }
        }

        var errors = new ManifestErrors
        {
            When = fields.Template("when"),
            OkStatus = fields.Integers("ok_status"),
            Message = fields.Paths("message"),
            Code = fields.Paths("code"),
            Fields = fields.Path("fields"),
            Kinds = kinds,
        };
        fields.End();
        return errors;
    }

    private static string WithoutReferences(string target)
    {
        var text = "";
        TextTemplate.Parse(target, takesSecrets: false).ForEachPlain(plain => text += plain);
        return text;
    }

    private static int RequiredInteger(ManifestFields? fields, string name)
    {
        fields?.Require(name);
        return fields?.Integer(name, 1) ?? 0;
    }

    private static IEnumerable<string> MissingOf(ManifestPaging paging) => paging.Kind switch
    {
        PagingKind.Cursor => [.. Missing("name", paging.Name), .. Missing("next", paging.Next)],
        PagingKind.NextUrl => Missing("next", paging.Next),
        PagingKind.LastId => [.. Missing("name", paging.Name), .. Missing("id", paging.Id)],
        PagingKind.Page or PagingKind.Offset => Missing("name", paging.Name),
        _ => [],
    };

    private static IEnumerable<string> Missing(string name, object? value) => value is null ? [name] : [];

    private ManifestPaging? ReadPagingOf(ManifestFields fields)
    {
        if (fields.Find("paging") is not { } node)
        {
            return null;
        }

        if (node.Kind != DocumentKind.Text)
        {
            return ReadPaging(node);
        }

        if (pagings.TryGetValue(node.Text, out var paging))
        {
            return paging;
        }

        findings.Add(node.Position, $"There is no paging '{node.Text}'.{Settings.NearestName.Hint(node.Text, pagings.Keys)}");
        return null;
    }

    private ManifestIdempotency ReadIdempotency(DocumentNode node)
    {
        var fields = new ManifestFields(node, findings, "'idempotency'");
        var key = new ManifestIdempotency(fields.Choice("in", ManifestNames.KeyPlaces) ?? ParameterPlace.Header, fields.Text("name") ?? "Idempotency-Key");
        fields.End();
        return key;
    }

    private ManifestResponse ReadResponse(DocumentNode node)
    {
        var fields = new ManifestFields(node, findings, "'response'");
        var response = new ManifestResponse
        {
            Form = fields.Choice("decode", ManifestNames.Forms),
            Items = fields.Path("items"),
            Output = fields.Path("output"),
            FileName = fields.Path("filename"),
            Structured = fields.Find("structured") is { } structured ? ReadStructured(structured) : null,
            Usage = fields.Find("usage") is { } usage ? ReadUsage(usage) : null,
        };
        fields.End();
        return response;
    }

    public ManifestUsage ReadUsage(DocumentNode node)
    {
        var fields = new ManifestFields(node, findings, "'usage'");
        var usage = new ManifestUsage(fields.Paths("input"), fields.Paths("output"), fields.Path("cost"));
        fields.End();
        if (usage is { Input.Count: 0, Output.Count: 0, Cost: null })
        {
            findings.Add(node.Position, "'usage' names where an answer tells its tokens ('input', 'output') or its 'cost', and there is none of them.");
        }

        return usage;
    }

    private ManifestStructured? ReadStructured(DocumentNode node)
    {
        var fields = new ManifestFields(node, findings, "'structured'");
        var (schema, text, repair) = (fields.Text("schema", isRequired: true), fields.Path("text"), fields.Text("repair"));
        if (text is null)
        {
            findings.Add(node.Position, "'structured' has no 'text': the path of the answer's JSON.");
        }

        fields.End();
        return schema is null || text is null ? null : new ManifestStructured(schema, text, repair);
    }

    private ManifestPoll ReadPoll(DocumentNode node)
    {
        var fields = new ManifestFields(node, findings, "'poll'");
        var poll = new ManifestPoll
        {
            Call = ReadCall(fields),
            Query = fields.Templates("query"),
            Id = fields.Path("id"),
            Until = fields.Template("until", isRequired: true) ?? new ManifestText("${true}"),
            FailedWhen = fields.Template("failed_when"),
            Every = fields.Seconds("every_seconds") ?? TimeSpan.FromSeconds(2),
            Timeout = fields.Seconds("timeout_seconds", 1) ?? TimeSpan.FromMinutes(10),
            Output = fields.Path("output"),
        };
        fields.End();
        return poll;
    }

    private ManifestParameter ReadParameter(DocumentMember member, ManifestAction action)
    {
        if (!ParameterPattern.Fits(member.Name))
        {
            findings.Add(member.Position, $"'{member.Name}' is no name of a parameter.");
        }

        var fields = new ManifestFields(member.Value, findings, $"The parameter '{member.Name}'");
        var name = fields.Text("name") ?? member.Name;
        var type = fields.Choice("type", ManifestNames.Types) ?? ManifestType.Text;
        var format = fields.Word("format", [.. ManifestNames.Formats]);
        var parameter = new ManifestParameter
        {
            Id = member.Name,
            Name = name,
            Type = type,
            Place = fields.Choice("in", ManifestNames.Places) ?? PlaceOf(action, member.Name, name),
            Help = fields.Help(isRequired: true) ?? "",
            IsRequired = fields.Flag("required") ?? false,
            Default = fields.Find("default")?.ToJson(),
            Choices = fields.Choices("enum"),
            Pattern = fields.Pattern("pattern"),
            Format = format,
            Min = fields.Number("min"),
            Max = fields.Number("max"),
            Items = fields.Find("items") is { } items ? ReadShape(items, $"An item of '{member.Name}'") : null,
            Properties = ReadProperties(fields, member.Name),
            Style = fields.Choice("style", ManifestNames.Styles),
            IsRawPath = fields.Flag("raw_path") ?? false,
            IsSecret = fields.Flag("secret") ?? false,
            OptionsFrom = fields.Text("options_from"),
        };
        if (parameter.Default is { } fallback && ParameterCheck.Problem(parameter, fallback) is { } problem)
        {
            findings.Add(fields.Find("default")!.Position, $"The default is none that the parameter takes: {problem}");
        }

        fields.End();
        return parameter;
    }

    private static ParameterPlace PlaceOf(ManifestAction action, string id, string name)
    {
        if (action.Call.ParameterNames.Contains(id, StringComparer.Ordinal) || action.Call.ParameterNames.Contains(name, StringComparer.Ordinal))
        {
            return ParameterPlace.Path;
        }

        if (IsReferred(action, id))
        {
            return ParameterPlace.Template;
        }

        return action.GraphQL is not null ? ParameterPlace.Variable
            : action.Call.Method is "GET" or "HEAD" or "DELETE" ? ParameterPlace.Query
            : action.Encoding == BodyEncoding.Form ? ParameterPlace.Form
            : ParameterPlace.Body;
    }

    /// <summary>What a template of the action puts somewhere is not sent a second time.</summary>
    private static bool IsReferred(ManifestAction action, string id)
    {
        IEnumerable<ManifestText> texts =
        [
            .. action.Constants.Headers.Concat(action.Constants.Query).Select(pair => pair.Value), .. action.Constants.Body?.Texts ?? [],
            .. new[] { action.Xml, action.SoapAction, action.Call.Target }.OfType<ManifestText>(),
        ];
        return texts.Any(text => ManifestCheck.References(text).Any(reference => reference.Root == "input" && reference.Segments is [var first, ..] && first.Name == id));
    }

    private ManifestShape ReadShape(DocumentNode node, string what)
    {
        var fields = new ManifestFields(node, findings, what);
        var shape = new ManifestShape
        {
            Type = fields.Choice("type", ManifestNames.Types) ?? ManifestType.Any,
            Help = fields.Text("help"),
            IsRequired = fields.Flag("required") ?? false,
            Choices = fields.Choices("enum"),
            Items = fields.Find("items") is { } items ? ReadShape(items, what) : null,
            Properties = ReadProperties(fields, what),
        };
        fields.End();
        return shape;
    }

    private List<KeyValuePair<string, ManifestShape>> ReadProperties(ManifestFields fields, string what) =>
        [.. fields.Map("properties").Select(member => KeyValuePair.Create(member.Name, ReadShape(member.Value, $"'{member.Name}' of {what}")))];
}
