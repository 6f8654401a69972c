namespace Gantry.Hub.Specs.Walks;

/// <summary>
/// What each route answers to each kind of caller. "{plan}" and the like are what the administrator has made for this one request in the workspace 'default', and
/// "{private}" is the administrator's own; an owner elsewhere owns another workspace, and the key is the owner's with the scope 'read' only. Where doing it would be in the way, the body is empty:
/// then 400 says that the caller was let in.
/// </summary>
internal static class RouteTable
{
    public static readonly string[] Callers = ["nobody", "viewer", "operator", "editor", "owner", "elsewhere", "key", "administrator"];

    public const string Text = """
        route                                                          nobody viewer operator editor owner elsewhere key administrator
        GET /health                                                    200 200 200 200 200 200 200 200
        GET /health/ready                                              200 200 200 200 200 200 200 200
        GET /api/system-logs                                           401 403 403 403 403 403 403 200
        GET /api/system-logs/events                                    401 403 403 403 403 403 403 200
        GET /api/settings                                              401 403 403 403 403 403 403 200
        GET /api/audit                                                 401 403 403 403 200 200 403 200
        POST /api/sign-in                                              200 200 200 200 200 200 200 200
        GET /api/me                                                    401 200 200 200 200 200 200 200
        POST /api/me/password                                          401 400 400 400 400 400 400 400
        GET /api/api-keys                                              401 200 200 200 200 200 200 200
        POST /api/api-keys                                             401 201 201 201 201 201 403 201
        POST /api/api-keys/{key}/rotate                                401 404 404 404 404 404 403 200
        DELETE /api/api-keys/{key}                                     401 404 404 404 204 404 403 204
        GET /api/users                                                 401 200 200 200 200 200 200 200
        POST /api/users                                                401 403 403 403 403 403 403 201
        PATCH /api/users/{user}                                        401 403 403 403 403 403 403 204
        DELETE /api/users/{user}                                       401 403 403 403 403 403 403 204
        GET /api/workspaces                                            401 200 200 200 200 200 200 200
        POST /api/workspaces                                           401 403 403 403 403 403 403 201
        PATCH /api/workspaces/{workspace}                              401 403 403 403 403 403 403 204
        DELETE /api/workspaces/{workspace}                             401 403 403 403 403 403 403 204
        GET /api/members                                               401 200 200 200 200 200 200 200
        POST /api/members                                              401 403 403 403 201 201 403 201
        PATCH /api/members/{member}                                    401 403 403 403 204 404 403 204
        DELETE /api/members/{member}                                   401 403 403 403 204 404 403 204
        GET /api/endpoint-kinds                                        401 200 200 200 200 200 200 200
        GET /api/endpoint-uses                                         401 200 200 200 200 200 200 200
        GET /api/endpoints                                             401 200 200 200 200 200 200 200
        POST /api/endpoints                                            401 403 403 201 201 201 403 201
        GET /api/endpoints/{endpoint}                                  401 200 200 200 200 404 200 200
        PUT /api/endpoints/{endpoint}                                  401 403 403 200 200 201 403 200
        PATCH /api/endpoints/{endpoint}                                401 403 403 400 400 404 403 400
        DELETE /api/endpoints/{endpoint}                               401 403 403 204 204 404 403 204
        POST /api/endpoints/{endpoint}/test                            401 403 200 200 200 404 403 200
        GET /api/endpoints/{endpoint}/files                            401 403 200 200 200 404 403 200
        POST /api/endpoints/{endpoint}/files/count                     401 403 400 400 400 400 403 400
        POST /api/endpoints/{endpoint}/files/delete                    401 403 400 400 400 400 403 400
        POST /api/endpoints/{endpoint}/files/rename                    401 403 400 400 400 400 403 400
        POST /api/endpoints/{endpoint}/files/folders                   401 403 400 400 400 400 403 400
        GET /api/endpoints/{endpoint}/files/content                    401 403 400 400 400 400 403 400
        PUT /api/endpoints/{endpoint}/files/content                    401 403 400 400 400 400 403 400
        POST /api/endpoints/test                                       401 403 403 400 400 400 403 400
        GET /api/providers                                             401 200 200 200 200 200 200 200
        GET /api/providers/{provider}                                  401 200 200 200 200 200 200 200
        GET /api/providers/{provider}/actions                          401 200 200 200 200 200 200 200
        GET /api/providers/{provider}/manifest                         401 403 403 403 403 403 403 404
        GET /api/providers/{provider}/uses                             401 403 403 403 403 403 403 200
        PUT /api/providers/{provider}                                  401 403 403 403 403 403 403 409
        DELETE /api/providers/{provider}                               401 403 403 403 403 403 403 409
        POST /api/providers/import                                     401 403 403 403 403 403 403 400
        GET /api/unusable-providers                                    401 200 200 200 200 200 200 200
        GET /api/connections                                           401 200 200 200 200 200 200 200
        POST /api/connections/verify                                   401 403 400 400 400 400 403 400
        POST /api/connections/consent                                  401 403 400 400 400 400 403 400
        POST /api/connections/consent/finish                           401 403 400 400 400 400 403 400
        POST /api/connections/disconnect                               401 403 400 400 400 400 403 400
        POST /api/mcp                                                  401 400 400 400 400 400 400 400
        POST /api/ai-planner                                           401 403 422 422 422 422 403 422
        GET /api/ai-planner/drafts                                     401 200 200 200 200 200 200 200
        GET /api/ai-planner/drafts/{draft}                             401 200 200 200 200 404 200 200
        POST /api/ai-planner/drafts/{draft}/approve                    401 403 403 201 201 404 403 201
        DELETE /api/ai-planner/drafts/{draft}                          401 403 403 204 204 404 403 204
        GET /api/ai-planner/settings                                   401 200 200 200 200 200 200 200
        PUT /api/ai-planner/settings                                   401 403 403 403 200 200 403 200
        GET /api/plans                                                 401 200 200 200 200 200 200 200
        POST /api/plans                                                401 403 403 201 201 201 403 201
        POST /api/plans/check                                          401 200 200 200 200 200 200 200
        GET /api/plans/{plan}                                          401 200 200 200 200 404 200 200
        PUT /api/plans/{plan}                                          401 403 403 200 200 201 403 200
        DELETE /api/plans/{plan}                                       401 403 403 204 204 404 403 204
        GET /api/plans/{plan}/versions                                 401 200 200 200 200 404 200 200
        GET /api/plans/{plan}/diff                                     401 200 200 200 200 404 200 200
        GET /api/plans/{plan}/versions/{version}                       401 200 200 200 200 404 200 200
        POST /api/plans/{plan}/versions/{version}/restore              401 403 403 200 200 404 403 200
        POST /api/plans/test-step                                      401 403 200 200 200 200 403 200
        POST /api/execute                                              401 403 202 202 202 404 403 202
        GET /api/overview                                              401 200 200 200 200 200 200 200
        GET /api/executions                                            401 200 200 200 200 200 200 200
        GET /api/executions/events                                     401 200 200 200 200 200 200 200
        GET /api/executions/{execution}                                401 200 200 200 200 404 200 200
        GET /api/executions/{execution}/outputs/{blob}                 401 404 404 404 404 404 404 404
        GET /api/executions/{execution}/files                          401 200 200 200 200 404 200 200
        GET /api/executions/{execution}/files/{file}                   401 404 404 404 404 404 404 404
        GET /api/executions/{execution}/events                         401 200 200 200 200 404 200 200
        POST /api/executions/{execution}/approve                       401 409 409 409 409 404 409 409
        GET /api/approvals                                             401 200 200 200 200 200 200 200
        POST /api/signals                                              401 403 200 200 200 200 403 200
        POST /api/executions/{execution}/cancel                        401 403 409 409 409 404 403 409
        POST /api/executions/{execution}/rerun                         401 403 202 202 202 404 403 202
        GET /api/execution-logs                                        401 200 200 200 200 200 200 200
        POST /api/transfers                                            401 403 202 202 202 202 403 202
        GET /api/transfers                                             401 200 200 200 200 200 200 200
        GET /api/transfers/events                                      401 200 200 200 200 200 200 200
        POST /api/transfers/preview                                    401 403 400 400 400 400 403 400
        GET /api/transfers/{transfer}                                  401 200 200 200 200 404 200 200
        GET /api/transfers/{transfer}/events                           401 200 200 200 200 404 200 200
        GET /api/transfers/{transfer}/manifest                         401 200 200 200 200 404 200 200
        GET /api/transfers/{transfer}/manifest.jsonl                   401 200 200 200 200 404 200 200
        GET /api/transfers/{transfer}/manifest.csv                     401 200 200 200 200 404 200 200
        POST /api/transfers/{transfer}/retry                           401 403 202 202 202 404 403 202
        GET /api/transfer-templates                                    401 200 200 200 200 200 200 200
        POST /api/transfer-templates                                   401 403 403 201 201 201 403 201
        GET /api/transfer-templates/{template}                         401 200 200 200 200 404 200 200
        PUT /api/transfer-templates/{template}                         401 403 403 200 200 201 403 200
        DELETE /api/transfer-templates/{template}                      401 403 403 204 204 404 403 204
        POST /api/transfer-templates/{template}/run                    401 403 202 202 202 404 403 202
        GET /api/triggers                                              401 200 200 200 200 200 200 200
        GET /api/triggers/{trigger}                                    401 200 200 200 200 404 200 200
        POST /api/triggers/{trigger}/pause                             401 403 403 200 200 404 403 200
        POST /api/triggers/{trigger}/resume                            401 403 403 200 200 404 403 200
        POST /api/triggers/{trigger}/run                               401 403 202 202 202 404 403 202
        GET /api/scheduler/jobs                                        401 200 200 200 200 200 200 200
        GET /api/scheduler/occurrences                                 401 200 200 200 200 200 200 200
        DELETE /api/triggers/{trigger}                                 401 403 403 409 409 404 403 409
        POST /api/plans/{plan}/triggers                                401 403 403 200 200 404 403 200
        POST /api/plans/{plan}/schedule                                401 403 403 200 200 404 403 200
        POST /api/plans/{plan}/unschedule                              401 403 403 200 200 404 403 200
        POST /api/webhook/{new}                                        404 404 404 404 404 404 404 404
        GET /api/events                                                401 200 200 200 200 200 200 200
        GET /api/events/{event}                                        401 200 200 200 200 404 200 200
        POST /api/events/{event}/replay                                401 403 202 202 202 404 403 202
        POST /api/events/replay                                        401 403 202 202 202 202 403 202
        GET /api/notifications                                         401 200 200 200 200 200 200 200
        GET /api/notifications/{notification}                          401 200 200 200 200 404 200 200
        GET /api/notification-default                                  401 200 200 200 200 200 200 200
        PUT /api/notification-default                                  401 403 403 200 200 200 403 200
        DELETE /api/notification-default                               401 403 403 204 204 204 403 204
        GET /api/audit/export                                          401 403 403 403 200 200 403 200
        GET /api/audit/verify                                          401 403 403 403 403 403 403 200
        GET /api/vault                                                 401 403 403 403 403 403 403 200
        POST /api/vault/rotate                                         401 403 403 403 403 403 403 202
        GET /api/credentials                                           401 200 200 200 200 200 200 200
        POST /api/credentials                                          401 403 403 201 201 201 403 201
        GET /api/credentials/{credential}                              401 200 200 200 200 404 200 200
        GET /api/credentials/{private}                                 401 404 404 404 404 404 404 200
        GET /api/credentials/{credential}/uses                         401 200 200 200 200 404 200 200
        GET /api/credentials/{private}/uses                            401 404 404 404 404 404 404 200
        PUT /api/credentials/{credential}                              401 403 403 200 200 201 403 200
        PUT /api/credentials/{private}                                 401 403 403 201 201 201 403 201
        DELETE /api/credentials/{credential}                           401 403 403 204 204 404 403 204
        DELETE /api/credentials/{private}                              401 403 404 404 404 404 403 204
        POST /api/credentials/{credential}/test                        401 403 200 200 200 404 403 200
        POST /api/credentials/{private}/test                           401 403 404 404 404 404 403 200
        POST /api/credentials/{credential}/reveal                      401 403 403 200 200 404 403 200
        POST /api/credentials/{private}/reveal                         401 403 403 404 404 404 403 200
        GET /api/provider-credentials                                  401 200 200 200 200 200 200 200
        GET /api/provider-credentials/{vendor}                         401 200 200 200 200 404 200 200
        PUT /api/provider-credentials/{vendor}                         401 403 403 200 200 201 403 200
        DELETE /api/provider-credentials/{vendor}                      401 403 403 204 204 404 403 204
        POST /api/token/refresh                                        401 401 401 401 401 401 401 401
        GET /api/sessions                                              401 200 200 200 200 200 403 200
        DELETE /api/sessions/{session}                                 401 404 404 404 404 404 403 204
        GET /api/egress-rules                                          401 200 200 200 200 200 200 200
        PUT /api/egress-rules                                          401 403 403 403 200 200 403 200
        GET /api/credential-store                                      401 200 200 200 200 200 200 200
        PUT /api/credential-store                                      401 403 403 403 200 200 403 200
        POST /api/sign-out                                             401 204 204 204 204 204 400 204
        DELETE /api/sessions                                           401 204 204 204 204 204 403 204
        """;

    /// <summary>For the routes that take a body.</summary>
    public static readonly IReadOnlyDictionary<string, string> Bodies = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["POST /api/sign-in"] = """{"user":"admin","password":"the-first-administrator"}""",
        ["POST /api/token/refresh"] = """{"refresh_token":"gtr_of_nobody"}""",
        ["PUT /api/egress-rules"] = """{"rules":["127.0.0.1:9000"]}""",
        ["POST /api/ai-planner"] = """{"prompt":"Greet."}""",
        ["PUT /api/ai-planner/settings"] = """{"tokens_a_day":1000}""",
        ["PUT /api/credential-store"] = """{"backend":"database"}""",
        ["POST /api/me/password"] = "{}",
        ["POST /api/api-keys"] = """{"name":"{new}","scopes":["read"]}""",
        ["POST /api/users"] = """{"name":"{new}"}""",
        ["PATCH /api/users/{user}"] = """{"is_disabled":true}""",
        ["POST /api/workspaces"] = """{"name":"{new}"}""",
        ["PATCH /api/workspaces/{workspace}"] = """{"name":"{new}"}""",
        ["POST /api/members"] = """{"user":"{username}","role":"viewer"}""",
        ["PATCH /api/members/{member}"] = """{"role":"operator"}""",
        ["PUT /api/providers/{provider}"] = """{"id":"http"}""",
        ["POST /api/providers/import"] = "{}",
        ["POST /api/endpoints"] = """{"name":"{new}","address":"sftp://user@server.example/in"}""",
        ["PUT /api/endpoints/{endpoint}"] = """{"address":"sftp://user@server.example/in"}""",
        ["PATCH /api/endpoints/{endpoint}"] = """{"settings":{"user":"other"}}""",
        ["POST /api/endpoints/test"] = "{}",
        ["POST /api/endpoints/{endpoint}/files/count"] = "{}",
        ["POST /api/endpoints/{endpoint}/files/delete"] = "{}",
        ["POST /api/endpoints/{endpoint}/files/rename"] = "{}",
        ["POST /api/endpoints/{endpoint}/files/folders"] = "{}",
        ["POST /api/plans"] = """{"name":"{new}","steps":[{"use":"logic.transform","with":{"value":1}}]}""",
        ["POST /api/plans/check"] = """{"name":"{new}","steps":[{"use":"logic.transform","with":{"value":1}}]}""",
        ["PUT /api/plans/{plan}"] = """{"name":"{plan}","steps":[{"use":"logic.transform","with":{"value":1}}]}""",
        ["POST /api/credentials"] = """{"name":"{new}","value":"a value","scope":"workspace"}""",
        ["POST /api/credentials/{credential}/test"] = """{"kind":"ftp","host":"127.0.0.1","port":1,"user":"nobody"}""",
        ["POST /api/credentials/{private}/test"] = """{"kind":"ftp","host":"127.0.0.1","port":1,"user":"nobody"}""",
        ["PUT /api/credentials/{credential}"] = """{"value":"another","scope":"workspace"}""",
        ["PUT /api/credentials/{private}"] = """{"value":"another","scope":"workspace"}""",
        ["PUT /api/provider-credentials/{vendor}"] = """{"fields":{"api_key":"another"},"scope":"workspace"}""",
        ["POST /api/plans/test-step"] = """{"step":{"use":"logic.transform","with":{"value":1}}}""",
        ["POST /api/execute"] = """{"plan":"{plan}"}""",
        ["POST /api/executions/{execution}/rerun"] = "{}",
        ["POST /api/plans/{plan}/triggers"] = """{"files":{"endpoint":"/nowhere"}}""",
        ["POST /api/plans/{plan}/schedule"] = """{"every":"1h"}""",
        ["POST /api/events/replay"] = """{"status":"dead"}""",
        ["POST /api/executions/{execution}/approve"] = """{"approve":true}""",
        ["POST /api/signals"] = """{"event":"{new}"}""",
        ["PUT /api/notification-default"] = """{"notify":[]}""",
        ["POST /api/transfers"] = """{"from":"/nowhere","to":"/neither"}""",
        ["POST /api/transfer-templates"] = """{"name":"{new}","from":"/nowhere","to":"/neither"}""",
        ["PUT /api/transfer-templates/{template}"] = """{"from":"/nowhere","to":"/elsewhere"}""",
    };
}
