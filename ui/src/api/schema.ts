// Generated from docs/openapi.json by 'npm run generate'. Do not edit.

export interface paths {
    "/api/ai-planner": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Has an AI draft a plan from plain words; it is stored as a draft and not run. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["DraftRequest"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DraftView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ai-planner/drafts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the drafts, the newest first. */
        get: {
            parameters: {
                query?: {
                    /** @description The 'next' of the page before. */
                    after?: string;
                    /** @description How many items a page has at most. */
                    limit?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageOfDraftView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ai-planner/drafts/{draft}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows a draft: the plan, its steps in plain words, and what is missing. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    draft: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DraftView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Deletes a draft; a plan that was made of it stays. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    draft: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ai-planner/drafts/{draft}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The draft's text as it is, or as the person who approves it changed it, becomes a plan, if it is right as things stand now. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    draft: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": null | components["schemas"]["ApproveRequest"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ApprovedDraft"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ai-planner/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows which AI drafts, its budget a day, and what of it is used. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PlannerView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Says which AI drafts, and its budget a day. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PlannerSettings"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PlannerView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists one's own API keys of the workspace, without their secrets. */
        get: {
            parameters: {
                query?: {
                    /** @description The 'next' of the page before. */
                    after?: string;
                    /** @description How many items a page has at most. */
                    limit?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageOfApiKey"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Makes an API key; the key itself is answered this once only. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewApiKey"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CreatedApiKey"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/api-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revokes an API key, at once. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/api-keys/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives an API key of one's own a new secret, answered this once only; the old one ends at once. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CreatedApiKey"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/approvals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists what waits for the caller's yes or no; ?all=true lists what waits for anybody's. */
        get: {
            parameters: {
                query?: {
                    /** @description The 'next' of the page before. */
                    after?: string;
                    all?: string;
                    /** @description How many items a page has at most. */
                    limit?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageOfApproval"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the audit log, the newest first, by action (sign_in.*), user, target (its name or its id), address and time. */
        get: {
            parameters: {
                query?: {
                    action?: string;
                    address?: string;
                    /** @description The 'next' of the page before. */
                    after?: string;
                    /** @description How many items a page has at most. */
                    limit?: string;
                    since?: string;
                    target?: string;
                    until?: string;
                    user?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageOfAuditEntryView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Answers the log as JSON lines, the oldest first, and a signed line behind the last: for administrators the hub's whole log, for owners, or with scope=workspace, that of the workspace. */
        get: {
            parameters: {
                query?: {
                    scope?: string;
                    /** @description The workspace, where the header 'Gantry-Workspace' cannot be sent: in a link. */
                    workspace?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/x-ndjson": string;
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Walks the hub's whole log, or from a position on, and says which entry is wrong first. */
        get: {
            parameters: {
                query?: {
                    from?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AuditVerdict"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/connections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists what is known of the connections to providers: whose they are, and which need consent. */
        get: {
            parameters: {
                query?: {
                    /** @description The 'next' of the page before. */
                    after?: string;
                    /** @description How many items a page has at most. */
                    limit?: string;
                    provider?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageOfConnectionView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/connections/consent": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begins a consent: answers where the person agrees. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ConsentRequest"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ConsentView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/connections/consent/finish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends it with the code that the person came back with, or asks whether they have agreed at the other screen. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ConsentAnswer"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ConsentResult"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/connections/disconnect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Forgets the token, and tells the provider where it wants to be told. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ConnectionRequest"];
                };
            };
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/connections/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Asks the provider whose connection it is, and keeps what it says. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ConnectionRequest"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ConnectionVerification"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/credential-store": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows in which store the workspace's credentials rest. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StoreView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Nothing moves: what is stored elsewhere stays there. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["StoreRequest"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StoreView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/credentials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists one's own credentials and the workspace's by name, without values. */
        get: {
            parameters: {
                query?: {
                    /** @description The 'next' of the page before. */
                    after?: string;
                    /** @description How many items a page has at most. */
                    limit?: string;
                    provider?: string;
                    scope?: string;
                    website?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageOfCredentialView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Stores a credential under a new name, for oneself or for the workspace. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewCredentialRequest"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CredentialView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/credentials/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows all about a credential but its value. */
        get: {
            parameters: {
                query?: {
                    scope?: string;
                };
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CredentialView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Stores a credential, or changes it; what is not given stays. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CredentialRequest"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CredentialView"];
                    };
                };
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CredentialView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Removes a credential. */
        delete: {
            parameters: {
                query?: {
                    scope?: string;
                };
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/credentials/{name}/reveal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The value goes out only when the entry in the audit log is on record. */
        post: {
            parameters: {
                query?: {
                    scope?: string;
                };
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": null | components["schemas"]["RevealRequest"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RevealedValue"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/credentials/{name}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Signs in to an FTP or SFTP server with it, and says what happened. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["LoginTestRequest"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LoginTestResult"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/credentials/{name}/uses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists what names a credential: plans and templates in their newest versions, endpoints, connections, notifications. What is written only when something runs is not found. */
        get: {
            parameters: {
                query?: {
                    scope?: string;
                };
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CredentialUses"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/egress-rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows what plans and endpoints of the workspace may reach besides the public internet, as host:port. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Egress"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Says what they may reach: {"rules": ["127.0.0.1:9000", "files.lan:22"]}, in place of the rules there were. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Egress"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Egress"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/endpoint-kinds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the kinds of endpoint and the settings each takes. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageOfEndpointKindView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/endpoint-uses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists which plans and templates name which endpoints in their newest version, of all endpoints or of one. */
        get: {
            parameters: {
                query?: {
                    endpoint?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageOfEndpointUseView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/endpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the saved endpoints by name. */
        get: {
            parameters: {
                query?: {
                    /** @description The 'next' of the page before. */
                    after?: string;
                    /** @description How many items a page has at most. */
                    limit?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageOfEndpointView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Saves an endpoint under a new name. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewEndpointRequest"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EndpointView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/endpoints/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows one endpoint. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EndpointView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Saves an endpoint, or changes it. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["EndpointRequest"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EndpointView"];
                    };
                };
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EndpointView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Forgets an endpoint; its files stay. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /** Changes settings of an endpoint and leaves the others, such as 'host_key' to pin a key that was compared. */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["EndpointChanges"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EndpointView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/endpoints/{name}/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists one folder while it is being read, in no order, one JSON object to a line; a last line says {"more":true} when there is more than the limit. */
        get: {
            parameters: {
                query?: {
                    /** @description How many at most: 200000 when nothing is said, and no more than 1000000. */
                    limit?: string;
                    /** @description The folder. In the endpoint, without a leading '/', and without '.' and '..'. */
                    path?: string;
                };
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/x-ndjson": components["schemas"]["FileView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/endpoints/{name}/files/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Answers the content of a file, or one range of it. What a browser could run is never answered as what it is. */
        get: {
            parameters: {
                query?: {
                    /** @description "true" to show it in a page: texts and images of safe kinds; otherwise it is saved. */
                    inline?: string;
                    /** @description The file. In the endpoint, without a leading '/', and without '.' and '..'. */
                    path?: string;
                    /** @description The workspace, where the header 'Gantry-Workspace' cannot be sent: in a link. */
                    workspace?: string;
                };
                header?: {
                    /** @description One range of bytes, such as bytes=0-65535. */
                    Range?: string;
                };
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": components["schemas"]["Stream"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Writes a file whole from the body, of any length: a reader never sees half of it, and what breaks off leaves what was there. */
        put: {
            parameters: {
                query?: {
                    /** @description The time the file gets, such as 2026-01-31T08:00:00Z. */
                    modified_at?: string;
                    /** @description "true" replaces a file that is there; otherwise that is refused. */
                    overwrite?: string;
                    /** @description The file, in a folder that is there. In the endpoint, without a leading '/', and without '.' and '..'. */
                    path?: string;
                };
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/octet-stream": string;
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["FileView"];
                    };
                };
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["FileView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/endpoints/{name}/files/count": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Counts files and folders with all that is in them: what a deletion would delete. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PathsRequest"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["FileCount"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/endpoints/{name}/files/delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Deletes files and folders. What is not there any more counts as deleted. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["DeletionRequest"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["FileCount"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/endpoints/{name}/files/folders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a folder and those above it. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["FolderRequest"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["FileView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/endpoints/{name}/files/rename": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Renames a file or folder, or moves it within the endpoint. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RenameRequest"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["FileView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/endpoints/{name}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Connects, lists, writes, renames and deletes a file of its own, and names the phase that failed. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EndpointTestResult"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/endpoints/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tries an endpoint before it is saved. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["EndpointRequest"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EndpointTestResult"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists what triggers saw, the newest first. */
        get: {
            parameters: {
                query?: {
                    /** @description The 'next' of the page before. */
                    after?: string;
                    kind?: string;
                    /** @description How many items a page has at most. */
                    limit?: string;
                    plan?: string;
                    q?: string;
                    since?: null | string;
                    status?: string;
                    trigger?: string;
                    until?: null | string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageOfEventView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows one event with what its trigger saw. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    event: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EventView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{event}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tries it now. A failed or dead event is tried itself; of one that was accepted or filtered there is another one, which names it. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    event: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Accepted */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EventView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Puts all that fit on record for another attempt, which follows at once. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ReplayRequest"];
                };
            };
            responses: {
                /** @description Accepted */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReplayView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/execute": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Starts a plan: {"plan": name or plan, "inputs": {…}}; ?wait=30s waits for its result. The same Idempotency-Key answers the same execution for a day. */
        post: {
            parameters: {
                query?: {
                    /** @description How long to wait for the end, such as 30s; at most 10 minutes. */
                    wait?: string;
                };
                header?: {
                    /** @description 1 to 255 visible ASCII characters that name this start. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description Values by the names of the plan's inputs. */
                        inputs?: null | {
                            [key: string]: unknown;
                        };
                        /** @description The name or id of a saved plan, a plan as an object, or the text of one. */
                        plan: unknown;
                    };
                    "application/yaml": string;
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Execution"];
                    };
                };
                /** @description Accepted */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Execution"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/execution-logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists what executions logged: of one, or of the newest ones; by least level and text. */
        get: {
            parameters: {
                query?: {
                    /** @description The 'next' of the page before. */
                    after?: string;
                    execution?: string;
                    level?: string;
                    /** @description How many items a page has at most. */
                    limit?: string;
                    q?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageOfLog"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/executions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists executions, the newest first, by status, plan and time (since). */
        get: {
            parameters: {
                query?: {
                    /** @description The 'next' of the page before. */
                    after?: string;
                    /** @description How many items a page has at most. */
                    limit?: string;
                    plan?: string;
                    since?: null | string;
                    status?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageOfExecution"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/executions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows one execution and every attempt at its steps. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Execution"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/executions/{id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says yes or no to a step that waits for a person: {"approve": true or false, "step": its path or id, "comment": …}. For those that the step names. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description Whether it may go on. */
                        approve: boolean;
                        /** @description Why; kept with the answer. */
                        comment?: null | string;
                        /** @description The path or the id of the step; may be left out when only one waits. */
                        step?: null | string;
                    };
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Execution"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/executions/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancels: at once while queued or waiting, with what it called and waits for; else the running step is stopped. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Execution"];
                    };
                };
                /** @description Accepted */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Execution"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/executions/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Streams what happens as server-sent events, from the beginning or behind Last-Event-ID, to the end: 'execution' (its state), 'step', 'log', 'child' (how one stands that it called) and 'progress', each with JSON as its data. What has no id (how things stand now) is told again after each reconnect. */
        get: {
            parameters: {
                query?: {
                    /** @description With false the stream ends when what there is now is told; asked again with Last-Event-ID, it goes on from there. Without it, the stream goes on with what happens. */
                    live?: string;
                    /** @description How many of the last events to begin with; without it, and without Last-Event-ID, all of them come. */
                    tail?: string;
                };
                header?: {
                    /** @description The id of the last event that was seen. */
                    "Last-Event-ID"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/event-stream": string;
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/executions/{id}/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the files that the execution keeps: what its steps were answered with and had no place for, in the order in which it came. */
        get: {
            parameters: {
                query?: {
                    /** @description The 'next' of the page before. */
                    after?: string;
                    /** @description How many items a page has at most. */
                    limit?: string;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageOfExecutionFile"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/executions/{id}/files/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Downloads a file that the execution keeps, or the part of it that 'Range' asks for. */
        get: {
            parameters: {
                query?: {
                    /** @description The workspace, where the header 'Gantry-Workspace' cannot be sent: in a link. */
                    workspace?: string;
                };
                header?: {
                    /** @description One range of bytes, such as bytes=0-65535. */
                    Range?: string;
                };
                path: {
                    file: string;
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": components["schemas"]["Stream"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/executions/{id}/outputs/{blob}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Answers an output that is too large to be shown in its place. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    blob: string;
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": unknown;
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/executions/{id}/rerun": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Starts it again: {"version": "same" or "newest", "from": a step or "failed", "inputs": {…}}, all of it optional. */
        post: {
            parameters: {
                query?: {
                    /** @description How long to wait for the end, such as 30s; at most 10 minutes. */
                    wait?: string;
                };
                header?: {
                    /** @description 1 to 255 visible ASCII characters that name this start. */
                    "Idempotency-Key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @description The path or the id of the first step that is made again, or "failed"; the results of those before are taken over. Left out, all is made again. */
                        from?: null | string;
                        /** @description Other inputs than it had. */
                        inputs?: null | {
                            [key: string]: unknown;
                        };
                        /** @description "same" (what it ran, the default) or "newest". */
                        version?: null | string;
                    };
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Execution"];
                    };
                };
                /** @description Accepted */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Execution"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/executions/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Streams the newest executions of the list as server-sent events: 'execution' (one that is new, or stands otherwise than it was told) and 'list' (the ids of those that are the newest now, and whether there are older ones), first all of them, then what changes; behind Last-Event-ID nothing that was seen is told again. */
        get: {
            parameters: {
                query?: {
                    /** @description How many items a page has at most. */
                    limit?: string;
                    /** @description With false the stream ends when what there is now is told; asked again with Last-Event-ID, it goes on from there. Without it, the stream goes on with what happens. */
                    live?: string;
                    plan?: string;
                    since?: null | string;
                    status?: string;
                };
                header?: {
                    /** @description The id of the last event that was seen. */
                    "Last-Event-ID"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/event-stream": string;
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/mcp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Speaks the Model Context Protocol (streamable HTTP, without sessions): plans and actions as tools for AI clients. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/event-stream": string;
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows who is signed in, and in which workspaces as what. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Me"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Changes one's own password, and ends one's other sessions. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ChangePassword"];
                };
            };
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the members of the workspace and their roles. */
        get: {
            parameters: {
                query?: {
                    /** @description The 'next' of the page before. */
                    after?: string;
                    /** @description How many items a page has at most. */
                    limit?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageOfMember"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Makes a user a member of the workspace. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewMember"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AddedMember"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/members/{user}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Takes a member out of the workspace; never the last owner. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    user: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /** Gives a member another role; never to the last owner. */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    user: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["MemberChange"];
                };
            };
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/notification-default": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows who is told of the ends of plans that say nothing. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NotifyDefault"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Sets who is told of the ends of plans that say nothing. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description Why nobody is told. */
                        broken?: null | string;
                        /** @description As a plan's 'notify'; null when nothing is said. */
                        notify: null | {
                            at_most_every?: null | string;
                            on: string[];
                            use: string;
                            with?: unknown;
                        }[];
                    };
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NotifyDefault"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Tells nobody any more of the ends of plans that say nothing. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists what was told of executions' ends, and to whom, the newest first. */
        get: {
            parameters: {
                query?: {
                    /** @description The 'next' of the page before. */
                    after?: string;
                    /** @description How many items a page has at most. */
                    limit?: string;
                    plan?: string;
                    status?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageOfNotificationView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifications/{notification}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows one notification and what became of it. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    notification: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NotificationView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Counts what runs and waits, what became of the executions of the last hours (?hours=24; 0 for none), and what is late, broken or dead. */
        get: {
            parameters: {
                query?: {
                    hours?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Overview"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the plans by name. */
        get: {
            parameters: {
                query?: {
                    /** @description The 'next' of the page before. */
                    after?: string;
                    /** @description How many items a page has at most. */
                    limit?: string;
                    /** @description Only the plans that come from there. */
                    origin?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageOfSavedPlanRow"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Saves a plan under a new name: a plan as JSON or YAML. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": unknown;
                    "application/yaml": string;
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ShownPlan"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/plans/{plan}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows a plan by name or id; the ETag is its version. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    plan: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ShownPlan"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Saves a new version; under If-Match only when nobody else changed it. */
        put: {
            parameters: {
                query?: {
                    /** @description Where the plan comes from, such as the name of a checkout; kept as it is if not given. */
                    origin?: string;
                };
                header?: {
                    /** @description The ETag of the version that is to be replaced. */
                    "If-Match"?: string;
                };
                path: {
                    plan: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": unknown;
                    "application/yaml": string;
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ShownPlan"];
                    };
                };
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ShownPlan"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Deletes a plan; what it ran stays. */
        delete: {
            parameters: {
                query?: {
                    /** @description Deletes the plan only if it comes from there. */
                    origin?: string;
                };
                header?: never;
                path: {
                    plan: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/plans/{plan}/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells what two versions differ in, by steps and as texts. */
        get: {
            parameters: {
                query?: {
                    /** @description The one version; the one before 'to' if not given. */
                    from?: string;
                    /** @description The other; the newest if not given. */
                    to?: string;
                };
                header?: never;
                path: {
                    plan: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PlanDiff"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/plans/{plan}/schedule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** With a body: sets the plan's schedule beside its text. Without one: resumes the schedules that were unscheduled. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    plan: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @description Five fields, six with seconds, or @daily and the like; instead of 'every'. */
                        cron?: null | string;
                        /** @description A span of time such as 15m; instead of 'cron'. */
                        every?: null | string;
                        id?: null | string;
                        /** @description What the executions are given. */
                        inputs?: null | {
                            [key: string]: unknown;
                        };
                        /** @description once (the default), skip or all. */
                        missed?: null | string;
                        when?: null | string;
                        /** @description An IANA name; UTC when it is not given. */
                        zone?: null | string;
                    };
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TriggerView"][];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/plans/{plan}/triggers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sets what starts the plan beside its text: one of each kind. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    plan: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        execution?: unknown;
                        files?: unknown;
                        s3_events?: unknown;
                        schedule?: unknown;
                        webhook?: unknown;
                    };
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TriggerView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/plans/{plan}/unschedule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The schedule that was set through the API is gone; those of the plan's text are paused. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    plan: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TriggerView"][];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/plans/{plan}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists a plan's versions, the newest first. */
        get: {
            parameters: {
                query?: {
                    /** @description The 'next' of the page before. */
                    after?: string;
                    /** @description How many items a page has at most. */
                    limit?: string;
                };
                header?: never;
                path: {
                    plan: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageOfPlanVersionRow"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/plans/{plan}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows one version and its text. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    plan: string;
                    version: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PlanVersionRow"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/plans/{plan}/versions/{version}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes an old version the newest again. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    plan: string;
                    version: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ShownPlan"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/plans/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Finds all that is wrong with a plan without running it, each with line and column. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": unknown;
                    "application/yaml": string;
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PlanVerdict"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/plans/test-step": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Performs one step by itself: {"step": {…}, "inputs": {…}, "outputs": of other steps by their ids, "dry_run": true or false}. */
        post: {
            parameters: {
                query?: {
                    /** @description How long to wait for its end; 30s if not given, at most 10 minutes. */
                    wait?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description Says what it would do; only for actions that can. */
                        dry_run?: null | boolean;
                        /** @description What ${input.…} finds. */
                        inputs?: null | {
                            [key: string]: unknown;
                        };
                        /** @description What ${steps.ID.output} finds, by the ids of the steps. */
                        outputs?: null | {
                            [key: string]: unknown;
                        };
                        /** @description As a plan has it. */
                        step: {
                            [key: string]: unknown;
                        };
                    };
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Execution"];
                    };
                };
                /** @description Accepted */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Execution"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/provider-credentials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the providers there are credentials for, with the names of their fields. */
        get: {
            parameters: {
                query?: {
                    /** @description The 'next' of the page before. */
                    after?: string;
                    /** @description How many items a page has at most. */
                    limit?: string;
                    scope?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageOfCredentialView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/provider-credentials/{provider}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows which fields of a provider are stored, and since when; never values. */
        get: {
            parameters: {
                query?: {
                    scope?: string;
                };
                header?: never;
                path: {
                    provider: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CredentialView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Stores a provider's fields in place of those that were there. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    provider: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ProviderCredentialRequest"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CredentialView"];
                    };
                };
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CredentialView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Removes a provider's credentials. */
        delete: {
            parameters: {
                query?: {
                    scope?: string;
                };
                header?: never;
                path: {
                    provider: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the providers that plans can use. */
        get: {
            parameters: {
                query?: {
                    /** @description The 'next' of the page before. */
                    after?: string;
                    /** @description Only those of this category. */
                    category?: string;
                    /** @description The most items, from 1 to 500; all of them when left out. */
                    limit?: string;
                    /** @description Only those in which all these words are found: in the id, the title, the category, the help or an action. */
                    search?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageOfProviderSummary"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/providers/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows one provider: what a connection needs, and its actions. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProviderView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Saves a manifest as a provider of this hub, or changes it. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/yaml": string;
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProviderView"];
                    };
                };
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProviderView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Removes a provider that was saved; steps that use it fail from then on. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/providers/{id}/actions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists a provider's actions and what each takes. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageOfActionView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/providers/{id}/manifest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows the manifest of a provider, as it was written. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/yaml": string;
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/providers/{id}/uses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows which plans have steps of a provider, and would fail without it. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProviderUsesView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/providers/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a provider of an OpenAPI document, and saves it when asked to. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ImportRequest"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ImportAnswer"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/scheduler/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All schedules, each with its next ten times and what came of the last. */
        get: {
            parameters: {
                query?: {
                    /** @description The 'next' of the page before. */
                    after?: string;
                    /** @description How many items a page has at most. */
                    limit?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageOfTriggerView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/scheduler/occurrences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists when each schedule that is not paused runs within a span of time: for calendars. */
        get: {
            parameters: {
                query?: {
                    /** @description The 'next' of the page before. */
                    after?: string;
                    /** @description The beginning; now if not given. */
                    from?: string;
                    /** @description How many items a page has at most. */
                    limit?: string;
                    /** @description The end, at most 62 days later; a week later if not given. */
                    until?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageOfOccurrencesView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists where one is signed in, the last used first. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageOfSession"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Signs out everywhere, here as well. API keys stay. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Signs out one session of one's own. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the settings of this hub: what each means, its value, and where that comes from. Secrets are never shown. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageOfHubSettingView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Signs in: answers a token, and sets the cookie of a browser. With "kind": "jwt" it answers an access_token of some minutes and the refresh_token for the next one, and sets no cookie. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SignIn"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SignedIn"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sign-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends the session that the request is signed in by. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/signals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Raises an event: every step that waits for it by its name goes on. {"event": name, "payload": any value, "execution": only this one}. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description Its name. */
                        event: string;
                        /**
                         * Format: uuid
                         * @description The only execution that is meant; left out, all of the workspace are.
                         */
                        execution?: null | string;
                        /** @description What comes with it, which the step gives as its output. */
                        payload?: unknown;
                    };
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Signalled"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/system-logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the newest lines of this hub's own log, the newest first: by component, least level and text (q). Older ones are in its files. */
        get: {
            parameters: {
                query?: {
                    /** @description The 'next' of the page before. */
                    after?: string;
                    component?: string;
                    level?: string;
                    /** @description How many items a page has at most. */
                    limit?: string;
                    q?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SystemLogPage"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/system-logs/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Streams this hub's own log as server-sent events 'log', the newest lines first of all, then what comes: by component, least level and text (q). */
        get: {
            parameters: {
                query?: {
                    component?: string;
                    level?: string;
                    /** @description With false the stream ends when what there is now is told; asked again with Last-Event-ID, it goes on from there. Without it, the stream goes on with what happens. */
                    live?: string;
                    q?: string;
                    /** @description With how many of the lines that are there it begins; 500 if not given, at most 20000. */
                    tail?: string;
                };
                header?: {
                    /** @description The id of the last event that was seen. */
                    "Last-Event-ID"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/event-stream": string;
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/token/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Exchanges a refresh token for a new access token and the next refresh token. Each is good for one use; a second use ends the session. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description 16 to 255 visible ASCII characters, new for each refresh: with the same one a refresh may be repeated for a minute when its answer was lost. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Refresh"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RefreshableToken"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/transfer-templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the templates by name. */
        get: {
            parameters: {
                query?: {
                    /** @description The 'next' of the page before. */
                    after?: string;
                    /** @description How many items a page has at most. */
                    limit?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageOfTemplateView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Saves a template under a new name. It is a plan, and every change a version of it. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["TemplateRequest"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TemplateView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/transfer-templates/{template}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows a template by name or id. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    template: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TemplateView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Makes the template what the body says; a name that nobody has is made a template. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    template: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["TemplateRequest"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TemplateView"];
                    };
                };
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TemplateView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Deletes a template; what it moved stays in the history. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    template: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/transfer-templates/{template}/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Runs a template, for all of its files or for those that are named. */
        post: {
            parameters: {
                query?: {
                    /** @description How long to wait for the end, such as 30s; at most 10 minutes. */
                    wait?: string;
                };
                header?: {
                    /** @description 1 to 255 visible ASCII characters that name this start. */
                    "Idempotency-Key"?: string;
                };
                path: {
                    template: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        /** @description Only these files and folders, by their paths in 'from'; one that is not there is a failure. */
                        files?: null | string[];
                    };
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Transfer"];
                    };
                };
                /** @description Accepted */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Transfer"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/transfers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists transfers, the newest first: by status, endpoint, template, the transfer they take up, a text in names and addresses (q), and time (since, until). */
        get: {
            parameters: {
                query?: {
                    /** @description The 'next' of the page before. */
                    after?: string;
                    endpoint?: string;
                    /** @description How many items a page has at most. */
                    limit?: string;
                    q?: string;
                    retry_of?: string;
                    since?: string;
                    status?: string;
                    template?: string;
                    until?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageOfTransfer"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Moves files: from one or more places to one, or through several in a row. It is an execution of the plan that it says, and is cancelled as one; the same Idempotency-Key answers the same transfer for a day. */
        post: {
            parameters: {
                query?: {
                    /** @description How long to wait for the end, such as 30s; at most 10 minutes. */
                    wait?: string;
                };
                header?: {
                    /** @description 1 to 255 visible ASCII characters that name this start. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewTransferRequest"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Transfer"];
                    };
                };
                /** @description Accepted */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Transfer"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/transfers/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows one transfer: how each link stands, its summary and its first failures. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Transfer"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/transfers/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Streams what happens as server-sent events, to the end: 'transfer' (its state), 'progress' (of each link) and 'file' (each file's end), each with JSON as its data. */
        get: {
            parameters: {
                query?: {
                    /** @description "none" leaves out the files' ends; otherwise "all". */
                    files?: string;
                    /** @description With false the stream ends when what there is now is told; asked again with Last-Event-ID, it goes on from there. Without it, the stream goes on with what happens. */
                    live?: string;
                };
                header?: {
                    /** @description The id of the last event that was seen. */
                    "Last-Event-ID"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/event-stream": string;
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/transfers/{id}/manifest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists what became of each file, by result, by a part of the path (q) and by step. A page may be short, or empty, and yet have a next one. */
        get: {
            parameters: {
                query?: {
                    /** @description The 'next' of the page before. */
                    after?: string;
                    /** @description How many items a page has at most. */
                    limit?: string;
                    q?: string;
                    result?: string;
                    step?: string;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageOfManifest"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/transfers/{id}/manifest.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Answers the whole manifest as CSV, with a line of names above. */
        get: {
            parameters: {
                query?: {
                    q?: string;
                    result?: string;
                    step?: string;
                    /** @description The workspace, where the header 'Gantry-Workspace' cannot be sent: in a link. */
                    workspace?: string;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/csv": string;
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/transfers/{id}/manifest.jsonl": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Answers the whole manifest, one JSON object to a line. */
        get: {
            parameters: {
                query?: {
                    q?: string;
                    result?: string;
                    step?: string;
                    /** @description The workspace, where the header 'Gantry-Workspace' cannot be sent: in a link. */
                    workspace?: string;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/x-ndjson": string;
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/transfers/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Starts a transfer of only what failed. */
        post: {
            parameters: {
                query?: {
                    /** @description How long to wait for the end, such as 30s; at most 10 minutes. */
                    wait?: string;
                };
                header?: {
                    /** @description 1 to 255 visible ASCII characters that name this start. */
                    "Idempotency-Key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Transfer"];
                    };
                };
                /** @description Accepted */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Transfer"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/transfers/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Streams the newest transfers of the list as server-sent events: 'transfer' (one that is new, or stands otherwise than it was told) and 'list' (the ids of those that are the newest now, and whether there are older ones), first all of them, then what changes; behind Last-Event-ID nothing that was seen is told again. */
        get: {
            parameters: {
                query?: {
                    endpoint?: string;
                    /** @description How many items a page has at most. */
                    limit?: string;
                    /** @description With false the stream ends when what there is now is told; asked again with Last-Event-ID, it goes on from there. Without it, the stream goes on with what happens. */
                    live?: string;
                    q?: string;
                    retry_of?: string;
                    since?: string;
                    status?: string;
                    template?: string;
                    until?: string;
                };
                header?: {
                    /** @description The id of the last event that was seen. */
                    "Last-Event-ID"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/event-stream": string;
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/transfers/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says what a transfer would do with the first files it finds, and where each would be then. Nothing is moved or kept; of a chain it is the first link. */
        post: {
            parameters: {
                query?: {
                    /** @description How many items a page has at most. */
                    limit?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewTransferRequest"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TransferPreviewView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/triggers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists what starts plans by itself; with ?state=broken what does nothing now, and why. */
        get: {
            parameters: {
                query?: {
                    /** @description The 'next' of the page before. */
                    after?: string;
                    kind?: string;
                    /** @description How many items a page has at most. */
                    limit?: string;
                    plan?: string;
                    state?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageOfTriggerView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/triggers/{trigger}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows a trigger; a schedule with its next ten times. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    trigger: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TriggerView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Takes away what was set beside the plan's text. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    trigger: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/triggers/{trigger}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Pauses a trigger, also through later versions of its plan. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    trigger: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TriggerView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/triggers/{trigger}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Resumes a trigger; what would have been meanwhile is not made up for. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    trigger: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TriggerView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/triggers/{trigger}/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Starts a schedule's plan now, with the schedule's inputs and in one's own name; its times stay as they are. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    trigger: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Accepted */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EventView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/unusable-providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists what was added to this hub and cannot be used as it is, with what is wrong and what to do. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageOfUnusableProviderView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the users that one may see by name. */
        get: {
            parameters: {
                query?: {
                    /** @description The 'next' of the page before. */
                    after?: string;
                    /** @description How many items a page has at most. */
                    limit?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageOfUser"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Makes a user; without a password, a one-time password is answered. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewUser"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CreatedUser"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Deletes a user; never the last administrator. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /** Changes what a user is or may: the members that are given. */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["UserChange"];
                };
            };
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/vault": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows the key ring: fingerprints, and how many rows each generation of keys seals. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["VaultView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/vault/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Returns at once; the rotation goes on by itself, also after a restart. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Accepted */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["VaultView"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhook/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Calls a webhook: PATH in the workspace 'default', ~WORKSPACE/PATH in any; by the verb that it has. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    path: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": unknown;
                    "application/x-www-form-urlencoded": string;
                    "text/plain": string;
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WebhookAnswer"];
                    };
                };
                /** @description Accepted */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WebhookAnswer"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/workspaces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the workspaces that one may see. */
        get: {
            parameters: {
                query?: {
                    /** @description The 'next' of the page before. */
                    after?: string;
                    /** @description How many items a page has at most. */
                    limit?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageOfWorkspace"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Makes a workspace. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["WorkspaceName"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Workspace"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/workspaces/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Deletes a workspace that holds nothing any more. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /** Renames a workspace; for its owners and administrators. */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["WorkspaceName"];
                };
            };
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Answers as long as the hub lives. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Health"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Says whether the hub can work; what exactly is wrong only to those who are signed in. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Health"];
                    };
                };
                /** @description Service Unavailable */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Health"];
                    };
                };
                /** @description Another problem, such as a database that does not answer (503). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        ActionView: {
            help: string;
            id: string;
            parameters: components["schemas"]["SettingView"][];
            /** @description Doing it twice does no more than doing it once. */
            repeatable: boolean;
            /** @description How a step names it: "provider.action". */
            use: string;
        };
        AddedMember: {
            role: components["schemas"]["WorkspaceRole"];
            user: string;
            /** Format: uuid */
            user_id: string;
        };
        ApiKey: {
            /** Format: date-time */
            created_at?: string;
            /** Format: date-time */
            expires_at?: null | string;
            /** Format: uuid */
            id?: string;
            /** Format: date-time */
            last_used_at?: null | string;
            name?: string;
            /** Format: date-time */
            revoked_at?: null | string;
            /** Format: date-time */
            rotated_at?: null | string;
            scopes?: string[];
            user?: string;
        };
        /** @description A step that waits for a person. */
        Approval: {
            ask?: null | string;
            by?: null | string[];
            /** Format: uuid */
            execution: string;
            id?: null | string;
            /** @description Whether the caller may. */
            may_answer: boolean;
            /** @description The plan's name; null when it has none. */
            plan: null | string;
            /** Format: date-time */
            since: string;
            step: string;
            /** Format: date-time */
            until?: null | string;
        };
        ApprovedDraft: {
            /**
             * Format: uuid
             * @description The draft's id.
             */
            draft: string;
            /** @description The plan that was made of it. It has not been started. */
            plan: components["schemas"]["SavedPlanRow"];
        };
        ApproveRequest: {
            /** @description The plan's text as a person changed it; the draft's own when left out. */
            plan?: null | string;
        };
        AuditEntryView: {
            action: string;
            address: null | string;
            details: unknown;
            id: string;
            /** Format: int64 */
            position: null | number;
            target: null | string;
            target_name: null | string;
            /** Format: date-time */
            time: string;
            /** Format: uuid */
            user_id: null | string;
            user_name: null | string;
        };
        AuditProblem: {
            message: string;
            /**
             * Format: int64
             * @description Of the first entry that is not as it should be.
             */
            position: number;
        };
        AuditVerdict: {
            /**
             * Format: int64
             * @description How many entries were looked at and are good.
             */
            entries: number;
            /** @description Of the last entry. Kept elsewhere, it proves later what was there today. */
            hash: string;
            /** @description Nothing is wrong. */
            ok: boolean;
            /**
             * Format: int64
             * @description Where the log ends.
             */
            position: number;
            problem: null | components["schemas"]["AuditProblem"];
        };
        ChangePassword: {
            current_password: string;
            new_password: string;
        };
        /** @description An execution that was called. */
        Child: {
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            ended_at?: null | string;
            /** Format: uuid */
            id: string;
            plan?: null | string;
            /** Format: date-time */
            started_at?: null | string;
            status: string;
            /** @description The path of the step that called it. */
            step: string;
        };
        ConnectionFieldView: {
            /** @description The only values allowed; empty means any. */
            choices: string[];
            default: unknown;
            help: string;
            /** @description What forms call it; null when the name does. */
            label: null | string;
            name: string;
            required: boolean;
            /** @description It is never shown. */
            secret: boolean;
            type: components["schemas"]["SettingType"];
        };
        ConnectionNeedsView: {
            /** @description Whichever way one signs in. */
            fields: components["schemas"]["ConnectionFieldView"][];
            /** @description The ways to sign in: the first of which all required fields are there is taken. */
            ways: components["schemas"]["ConnectionWayView"][];
        };
        ConnectionRequest: {
            /** @description The credential's name; the provider's id when left out. */
            connection?: null | string;
            provider: string;
        };
        ConnectionVerification: {
            /** @description The provider took it. */
            ok: boolean;
            /** @description Why it did not. */
            problem: null | string;
            /** @description Who it says that it belongs to; null where it does not say. */
            who: null | string;
        };
        /** @description A connection as it is shown. */
        ConnectionView: {
            /**
             * Format: date-time
             * @description When it was last looked at.
             */
            checked_at: string;
            name: string;
            /** @description A person has to agree (again). */
            needs_consent: boolean;
            problem: null | string;
            provider: string;
            scope: components["schemas"]["CredentialScope"];
            who: null | string;
        };
        ConnectionWayView: {
            fields: components["schemas"]["ConnectionFieldView"][];
            help: null | string;
            id: string;
            /** @description In words: "an API key". */
            name: string;
            /** @description A person has to agree in a browser. */
            needs_consent: boolean;
        };
        ConsentAnswer: {
            /** @description What the provider sent along; none at another screen. */
            code?: null | string;
            state: string;
        };
        ConsentRequest: {
            /** @description The id of the way to sign in; the first that takes a consent when left out. */
            auth?: null | string;
            connection?: null | string;
            provider: string;
            /** @description Where the person comes back to: a page of this hub, or a loopback address of their own machine (RFC 8252). */
            redirect?: null | string;
        };
        ConsentResult: {
            /** @description False: the person has not agreed yet. */
            done: boolean;
            problem: null | string;
            /** @description Ask 5 s later than the interval from now on. */
            slow_down: boolean;
            who: null | string;
        };
        ConsentView: {
            /**
             * Format: uri
             * @description Where the person agrees; null when it is at another screen.
             */
            authorize_url: null | string;
            device: null | components["schemas"]["DeviceView"];
            /** Format: date-time */
            expires_at: string;
            /** @description Given back with the answer. */
            state: string;
        };
        CreatedApiKey: {
            /** Format: date-time */
            expires_at: null | string;
            /** Format: uuid */
            id: string;
            key: string;
            name: string;
            scopes: string[];
        };
        CreatedUser: {
            /** Format: uuid */
            id: string;
            name: string;
            one_time_password: null | string;
        };
        /** @description A credential to store or to change; what is not given stays. */
        CredentialRequest: {
            /** @description It is sent nowhere else; an empty list lifts that. */
            allowed_hosts?: null | string[];
            scope?: null | components["schemas"]["CredentialScope"];
            type?: null | string;
            value?: null | components["schemas"]["GivenValue"];
            /** @description The change is refused when the credential has another version by now. */
            version?: null | string;
            website?: null | string;
        };
        /**
         * @description Whose a credential is.
         * @enum {unknown}
         */
        CredentialScope: "user" | "workspace";
        /** @description Something that names a credential. */
        CredentialUse: {
            /** @description What it is. */
            kind: components["schemas"]["CredentialUser"];
            /** @description The plan's, the template's, the endpoint's or the provider's; null for what there is one of. */
            name: null | string;
        };
        /**
         * @description What names a credential.
         * @enum {unknown}
         */
        CredentialUser: "plan" | "template" | "endpoint" | "connection" | "notifications" | "planner" | "credential_store";
        /** @description What names a credential, as far as the caller may see it. */
        CredentialUses: {
            items: components["schemas"]["CredentialUse"][];
            /** @description There may be others, which were not looked at. */
            more: boolean;
        };
        /** @description A credential as the API shows it: never a value. */
        CredentialView: {
            /** @description It is sent nowhere else; empty means anywhere. */
            allowed_hosts: string[];
            /**
             * Format: date-time
             * @description This and the other times are null where the store does not keep them.
             */
            created_at: null | string;
            /** @description Their names. */
            fields: string[];
            /**
             * Format: date-time
             * @description To the second or so; null when it was never used.
             */
            last_used_at: null | string;
            /** @description By which plans and endpoints refer to it: ${cred:NAME}; a provider's field is ${cred:PROVIDER.FIELD}. */
            name: string;
            provider: null | string;
            scope: components["schemas"]["CredentialScope"];
            type: null | string;
            /** Format: date-time */
            updated_at: null | string;
            /** @description Another one after each change, a rotation of keys too; given back with a change it must still be this one. Null where the store has none. */
            version: null | string;
            website: null | string;
        };
        /** @description The data keys of one generation, at most one a workspace. */
        DataKeysView: {
            /** Format: date-time */
            created_at: string;
            /**
             * Format: int64
             * @description How many rows they seal.
             */
            credentials: number;
            /** Format: int32 */
            generation: number;
            /** Format: int64 */
            keys: number;
        };
        /** @description What to delete. */
        DeletionRequest: {
            /** @description Without a leading '/', and without "." and "..". */
            paths: string[];
            /** @description Folders with all that is in them; otherwise only empty ones. */
            recursive?: boolean;
        };
        DeviceView: {
            /**
             * Format: int32
             * @description No sooner is asked again.
             */
            interval_seconds: number;
            user_code: string;
            /** Format: uri */
            verification_uri: string;
            /** Format: uri */
            verification_uri_complete: null | string;
        };
        /** @description A credential that a plan uses. */
        DraftConnection: {
            /** @description The caller may use none of this name. */
            is_missing: boolean;
            /** @description As the plan names it. */
            name: string;
            /** @description Whose connection it is; null when the plan refers to the secret itself. */
            provider: null | string;
        };
        DraftRequest: {
            /** @description The name of the credentials; never a value. */
            connection?: null | string;
            /** @description Which model of it. */
            model?: null | string;
            /** @description What the plan is to do, in plain words. */
            prompt: string;
            /** @description Which AI; what the workspace says when left out. */
            provider?: null | string;
        };
        /** @description A draft as the API shows it. */
        DraftView: {
            /** Format: date-time */
            approved_at: null | string;
            /** @description The credentials that the plan names, read from the plan itself. */
            connections: components["schemas"]["DraftConnection"][];
            /**
             * Format: double
             * @description What it cost, where the vendor says it.
             */
            cost: null | number;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: uuid
             * @description Its id.
             */
            draft: string;
            /** @description What is wrong with the plan; it can be approved when nothing is. */
            findings: components["schemas"]["PlanFinding"][];
            /** @description What is to be set up or said before the plan can do its work. */
            missing: string[];
            /** @description Which model. */
            model: string;
            /** @description The plan as YAML; null when no answer held one. */
            plan: null | string;
            /**
             * Format: uuid
             * @description The plan that was made of it; null when none was.
             */
            plan_id: null | string;
            /** @description What was wished for. */
            prompt: string;
            /** @description Which AI drafted. */
            provider: string;
            /** @description Once saved, something starts it: its 'on'. */
            starts_by_itself: boolean;
            /** @description What the AI says that each step does. */
            steps: string[];
            /**
             * Format: int64
             * @description What the AI used, as far as it says.
             */
            tokens: number;
            /** @description Who asked; null when that user is gone. */
            user: null | string;
            /** @description The actions that the plan names, read from the plan itself. */
            uses: string[];
        };
        /** @description An attempt at a link that was followed by another one. */
        Earlier: {
            /** Format: int32 */
            attempt: number;
            /** Format: date-time */
            ended_at?: null | string;
            error?: null | components["schemas"]["Error"];
            /** @description What there is to say beside the error. */
            message?: null | string;
            /** Format: date-time */
            started_at: string;
            /** @description failed or may_have_run: it was cut off. */
            status: string;
        };
        Egress: {
            rules: string[];
        };
        /** @description Settings and limits to put over those of a saved endpoint; null takes one away. */
        EndpointChanges: {
            /** @description Felt at once by the transfers that run: bandwidth, time_zone, transfers, connections, priority. */
            limits?: null | {
                [key: string]: unknown;
            };
            /** @description By the names the kind gives them; secrets as ${cred:NAME}. */
            settings?: null | {
                [key: string]: unknown;
            };
        };
        /** @description A kind of endpoint as it describes itself; forms are made from this. */
        EndpointKindView: {
            address_forms: string[];
            help: string;
            id: string;
            settings: components["schemas"]["SettingView"][];
            title: string;
        };
        /** @description An endpoint to save or to try: an address, or a kind; settings go over what the address says. */
        EndpointRequest: {
            /** @description "sftp://user@host/path"; null when the kind is given. */
            address?: null | string;
            /** @description "sftp"; null when the address is given. */
            kind?: null | string;
            /** @description How much of it its transfers may take: bandwidth, time_zone, transfers, connections, priority; null leaves them as they are. */
            limits?: null | {
                [key: string]: unknown;
            };
            /** @description Texts, numbers and booleans by the names the kind gives them; secrets as ${cred:NAME}. */
            settings?: null | {
                [key: string]: unknown;
            };
        };
        /** @description What trying an endpoint found. */
        EndpointTestResult: {
            /** @description Why, and what to do next. */
            detail: null | string;
            /** @description The phase that failed; also "host key", "login", "folder". Null when all went well. */
            failed_phase: null | string;
            host_key: null | components["schemas"]["HostKeyView"];
            ok: boolean;
            /** @description The phases that went well: connect, list, write, rename, delete. */
            passed: string[];
        };
        /** @description What a test found, as it is kept. */
        EndpointTestView: {
            detail: null | string;
            failed_phase: null | string;
            ok: boolean;
            /**
             * Format: date-time
             * @description Older than the endpoint's last change when it has not been tested since.
             */
            tested_at: string;
        };
        /** @description That a plan, in its newest version, names an endpoint. */
        EndpointUseView: {
            endpoint: string;
            /** @description It is a transfer template. */
            is_template: boolean;
            plan: string;
        };
        /** @description An endpoint as the API shows it. */
        EndpointView: {
            /** @description Without secrets. */
            address: string;
            /** Format: date-time */
            created_at: string;
            kind: string;
            last_test: null | components["schemas"]["EndpointTestView"];
            /** @description bandwidth, time_zone, transfers, connections, priority; what is not there has no bound. */
            limits: {
                [key: string]: string;
            };
            /** @description Its address is name:path. */
            name: string;
            /** @description Values of secret settings are references: ${cred:NAME}. */
            settings: {
                [key: string]: string;
            };
            /** Format: date-time */
            updated_at: string;
        };
        /** @enum {unknown} */
        EntryKind: "file" | "folder" | "symbolic_link" | "other";
        /** @description Why a step or an execution failed. */
        Error: {
            /** @description What sort of failure it is: "timeout", "bad_request". */
            kind: string;
            /** @description A sentence. */
            message: string;
            /**
             * Format: double
             * @description Seconds, when the other side named them.
             */
            retry_after?: null | number;
            /**
             * Format: int32
             * @description The HTTP status, when there was one.
             */
            status?: null | number;
            /** @description Whether trying again may help. */
            transient: boolean;
        };
        /** @description An event as the API shows it. */
        EventView: {
            /** Format: int32 */
            attempts?: number;
            /** Format: date-time */
            created_at?: string;
            /** Format: uuid */
            execution_id?: null | string;
            /** Format: uuid */
            id?: string;
            /** @description What it is known again by. */
            key?: null | string;
            kind?: string;
            /** Format: date-time */
            next_attempt_at?: null | string;
            /** Format: date-time */
            occurred_at?: string;
            /**
             * Format: uuid
             * @description The event that it repeats, or was replayed from.
             */
            original_id?: null | string;
            /** @description The name of the plan that its trigger starts. */
            plan?: null | string;
            /** Format: uuid */
            plan_id?: string;
            /** @description Why it is not accepted. */
            reason?: null | string;
            /** @description pending, accepted, duplicate, filtered, failed (tried again), dead (not tried again), or alert. */
            status?: string;
            summary?: string;
            /** @description What ${trigger} finds; only when one event is shown. */
            trigger?: unknown;
            /** Format: uuid */
            trigger_id?: string;
        };
        /** @description One execution. Members that have no value are left out. */
        Execution: {
            /** @description It is about to be stopped. */
            cancel_requested?: null | boolean;
            /** @description The newest hundred that it called; only when one execution is shown. */
            children?: null | components["schemas"]["Child"][];
            /** @description Of those with the same key only so many are under way. */
            concurrency_key?: null | string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            ended_at?: null | string;
            error?: null | components["schemas"]["Error"];
            /** @description The path of the step that failed. */
            failed_step?: null | string;
            /** Format: uuid */
            id: string;
            inputs: {
                [key: string]: unknown;
            };
            /** @description It is a transfer as well: GET /api/transfers/{id}. */
            is_transfer?: null | boolean;
            /** @description The output of the last step. */
            output?: unknown;
            /** Format: int32 */
            output_bytes?: null | number;
            /** @description Where an output of more than 64 KB is to be had. */
            output_url?: null | string;
            parent?: null | components["schemas"]["Parent"];
            /** @description The plan's name; null when it has none. */
            plan: null | string;
            /**
             * Format: uuid
             * @description Only of a saved plan.
             */
            plan_id?: null | string;
            /** Format: int32 */
            plan_version?: null | number;
            /** @description The path of the step that it began with. */
            rerun_from?: null | string;
            /**
             * Format: uuid
             * @description The execution that was started again.
             */
            rerun_of?: null | string;
            /** Format: date-time */
            started_at?: null | string;
            /** @description queued, running, waiting, succeeded, failed or cancelled; the last three are final. */
            status: string;
            /** @description Every attempt at a step; only when one execution is shown. */
            steps?: null | components["schemas"]["Step"][];
            /** @description What started it saw: what ${trigger} finds. Only when one execution is shown, and no person started it. */
            trigger?: unknown;
            /** Format: uuid */
            user_id: string;
            /** @description Why it is not moving. */
            waiting_for?: null | string;
            /** @description What its steps wait for; only when one execution is shown. */
            waits?: null | components["schemas"]["Wait"][];
            /**
             * Format: date-time
             * @description When it goes on by itself.
             */
            wake_at?: null | string;
        };
        /** @description A file that an execution keeps. */
        ExecutionFile: {
            /** @description By which steps of this workspace's plans open it. */
            address: string;
            /** Format: int32 */
            attempt: number;
            /** @description As whoever sent it said. */
            content_type: string;
            /** Format: date-time */
            created_at: string;
            /** Format: uuid */
            id: string;
            name: string;
            /** @description Of its bytes, in lower-case hexadecimal. */
            sha256: string;
            /**
             * Format: int64
             * @description In bytes.
             */
            size: number;
            /** @description The path of the step that was answered with it. */
            step: string;
            /** @description Where it is downloaded. */
            url: string;
        };
        /** @description How much there is. */
        FileCount: {
            /**
             * Format: int64
             * @description Of the files.
             */
            bytes: number;
            /**
             * Format: int64
             * @description Symbolic links count as files: what they point to stays.
             */
            files: number;
            /**
             * Format: int64
             * @description Those named, and those in them.
             */
            folders: number;
            /** @description False when there is more than was counted. */
            is_whole: boolean;
        };
        /** @description One thing in a folder, as the API shows it. */
        FileView: {
            /** @description False when the name holds bytes that are no text: then no path names it here, and it is left to transfers. */
            is_text: boolean;
            /** @description file, folder, symbolic_link, other. */
            kind: components["schemas"]["EntryKind"];
            /** @description Of a symbolic link, when the listing tells. */
            link_target: null | string;
            /**
             * Format: int32
             * @description The permission bits; null when the endpoint has none.
             */
            mode: null | number;
            /**
             * Format: date-time
             * @description Null when the endpoint does not say.
             */
            modified_at: null | string;
            /** @description Bytes of it that are no text are shown as \xNN. */
            name: string;
            /**
             * Format: int64
             * @description In bytes; null for what is not a file.
             */
            size: null | number;
        };
        /** @description A folder to make, with those above it. */
        FolderRequest: {
            path: string;
        };
        /** @description A secret text out of a request's body, in UTF-8 that is wiped. It is never written anywhere. */
        GivenValue: unknown;
        Health: {
            checks: null | components["schemas"]["HealthCheck"][];
            status: string;
        };
        HealthCheck: {
            is_ok: boolean;
            message: string;
            name: string;
        };
        /** @description A server's key that nobody has approved yet. */
        HostKeyView: {
            /** @description "SHA256:…". */
            fingerprint: string;
            /** @description The value to save as the setting Setting, once a person has compared the fingerprint. */
            key: string;
            /** @description "host_key". */
            setting: string;
        };
        /** @description One setting. */
        HubSettingView: {
            /** @description What holds when it is not given. */
            default: null | string;
            /** @description By which flag; null for a secret. */
            flag: null | string;
            /** @description It has one, by being given or by its default. */
            has_value: boolean;
            help: string;
            /** @description It is not its default. */
            is_given: boolean;
            is_secret: boolean;
            name: string;
            /** @description Where the value comes from: a flag, a variable, a line of gantry.yaml, or its default. */
            source: null | string;
            /** @description Null when it has none, or is secret. */
            value: null | string;
            /** @description By which variable it is given. */
            variable: string;
        };
        ImportAnswer: {
            /** Format: int32 */
            action_count: number;
            base_url_choices: string[];
            /** @description What is another than in the manifest that was saved under this id. */
            changes: string[];
            id: string;
            /** @description Null while there is a question. */
            manifest: null | string;
            /** @description Why the base URL has to be said; null when it need not be. */
            question: null | string;
            saved: boolean;
            /** @description Flaws of the document, and what was made of them. */
            warnings: string[];
        };
        ImportRequest: {
            /** @description Where the API is, when the document does not say, or says another place. */
            base_url?: null | string;
            /** @description The text of an OpenAPI 3 or Swagger 2 document; or else Url. */
            document?: null | string;
            /** @description What steps call the provider by; made of the title when left out. */
            id?: null | string;
            /**
             * @description Stores the manifest when there is no question left.
             * @default false
             */
            save: boolean;
            /** @description Where the document is; within what the workspace may reach. */
            url?: null | string;
        };
        /** @description The latest thing that a trigger saw. */
        LastEventView: {
            /** Format: uuid */
            execution_id: null | string;
            execution_status: null | string;
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            occurred_at: string;
            reason: null | string;
            status: string;
        };
        /** @description One link of a transfer: from a place to a place. */
        Link: {
            /**
             * Format: int32
             * @description Counted from 1.
             */
            attempt?: null | number;
            /** @description It came to its end, so that each of its files is in the manifest. */
            complete?: null | boolean;
            /** @description The attempts before this one, none of which succeeded; only when one transfer is shown. */
            earlier?: null | components["schemas"]["Earlier"][];
            error?: null | components["schemas"]["Error"];
            from: string;
            message?: null | string;
            /**
             * @description files_done, files_total, bytes_done, bytes_total, total_is_final, copied, bytes (of the copied), skipped, deleted, failed, bytes_per_second,
             *         elapsed_seconds, current_files, remaining_seconds.
             */
            progress?: unknown;
            /** @description The summary with the first failures; only when one transfer is shown. */
            result?: unknown;
            /** @description running, succeeded, failed, cancelled or may_have_run; only when one transfer is shown. */
            status?: null | string;
            /** @description Its step in the execution, by which its part of the manifest is found. */
            step: string;
            to: string;
        };
        /** @description One line of a log. */
        Log: {
            /** Format: int32 */
            attempt?: null | number;
            /** Format: uuid */
            execution: string;
            fields?: null | {
                [key: string]: unknown;
            };
            /**
             * Format: int32
             * @description Its number within the execution; also the id of its event.
             */
            id: number;
            /** @description debug, info, warning or error. */
            level: string;
            message: string;
            /** @description The path of the step that said it. */
            step?: null | string;
            /** Format: date-time */
            time: string;
            /**
             * Format: uuid
             * @description As whom the execution runs.
             */
            user_id: string;
        };
        /** @description Where to sign in; what is not given is looked for in the credentials beside the one that is tested. */
        LoginTestRequest: {
            host?: null | string;
            /** @description ftp or sftp; else what the credential's name ends with. */
            kind?: null | string;
            /** Format: int32 */
            port?: null | number;
            /** @description For FTP: "explicit" if not given, "implicit", or "none", by which the password goes out in plain text. */
            tls?: components["schemas"]["LoginTls"];
            user?: null | string;
        };
        /** @description What signing in found. */
        LoginTestResult: {
            /** @description Why, and what to do next. */
            detail: null | string;
            host: string;
            kind: string;
            ok: boolean;
            /** @description The phases that went well: connect, tls, login. */
            passed: string[];
            /** Format: int32 */
            port: number;
            /** @description Such as "login_refused" or "timed_out"; null when all went well. */
            reason: null | string;
            user: string;
        };
        /**
         * @description How a connection is protected.
         * @enum {unknown}
         */
        LoginTls: "explicit" | "implicit" | "none";
        /** @description What became of one file, in one attempt at one link. */
        Manifest: {
            /** Format: int32 */
            attempt: number;
            /**
             * Format: double
             * @description From its being taken up to its end.
             */
            duration_seconds: number;
            /** @description When the transfer computed one. */
            hash?: null | string;
            /** Format: date-time */
            modified_at?: null | string;
            /** @description Relative to the source. */
            path: string;
            /** @description Why it failed. */
            reason?: null | string;
            /** @description copied, skipped (it was there), deleted or failed. */
            result: string;
            /**
             * Format: int64
             * @description So many of its bytes were at the target from an attempt before.
             */
            resumed_bytes?: null | number;
            /** Format: int64 */
            size?: null | number;
            step: string;
            /** @description Relative to the target. */
            target_path?: null | string;
            /** @description It may succeed when it is tried again. */
            transient?: null | boolean;
        };
        ManifestFindingView: {
            /** Format: int32 */
            column: number;
            /** @description Its name. */
            file: string;
            /** Format: int32 */
            line: number;
            message: string;
        };
        /** @description A master key that this database knows. */
        MasterKeyView: {
            /** Format: date-time */
            created_at: string;
            /**
             * Format: int64
             * @description How many it wraps.
             */
            data_keys: number;
            fingerprint: string;
            /** @description It wraps what is new. */
            is_first: boolean;
            /** @description This hub has it. */
            is_given: boolean;
            /**
             * Format: date-time
             * @description Null while it is in use.
             */
            retired_at: null | string;
        };
        Me: {
            /** Format: date-time */
            expires_at: null | string;
            /** Format: uuid */
            id: string;
            is_administrator: boolean;
            must_change_password: boolean;
            name: string;
            role: null | components["schemas"]["WorkspaceRole"];
            workspace: null | string;
            workspaces: components["schemas"]["MyWorkspace"][];
        };
        Member: {
            /** Format: date-time */
            created_at?: string;
            role?: string;
            user?: string;
            /** Format: uuid */
            user_id?: string;
        };
        MemberChange: {
            role: components["schemas"]["WorkspaceRole"];
        };
        MyWorkspace: {
            /** Format: uuid */
            id?: string;
            name?: string;
            role?: string;
        };
        NewApiKey: {
            /** Format: date-time */
            expires_at?: null | string;
            name: string;
            scopes: string[];
        };
        /** @description A credential to store under a name that is still free. */
        NewCredentialRequest: {
            /** @description It is sent nowhere else. */
            allowed_hosts?: null | string[];
            fields?: null | {
                [key: string]: unknown;
            };
            /** @description Null when the website and the type give it. */
            name?: null | string;
            /** @description Instead of a name: a provider, whose fields follow. */
            provider?: null | string;
            /** @description "user", for oneself, if not given. */
            scope?: components["schemas"]["CredentialScope"];
            /** @description Such as FTP_PASSWORD. */
            type?: null | string;
            value?: null | components["schemas"]["GivenValue"];
            website?: null | string;
        };
        /** @description An endpoint to save under a name that is still free. */
        NewEndpointRequest: {
            /** @description "sftp://user@host/path"; null when the kind is given. */
            address?: null | string;
            /** @description "sftp"; null when the address is given. */
            kind?: null | string;
            /** @description How much of it its transfers may take: bandwidth, time_zone, transfers, connections, priority; null leaves them as they are. */
            limits?: null | {
                [key: string]: unknown;
            };
            name: string;
            /** @description Texts, numbers and booleans by the names the kind gives them; secrets as ${cred:NAME}. */
            settings?: null | {
                [key: string]: unknown;
            };
        };
        NewMember: {
            role: components["schemas"]["WorkspaceRole"];
            user: string;
        };
        /** @description A transfer to start. */
        NewTransferRequest: {
            /** @description Only these files and folders, by their paths in 'from'; one that is not there is a failure. */
            files?: null | string[];
            /** @description An address, or a list of them: NAME:PATH of a saved endpoint, or one of a kind. */
            from: unknown;
            /** @description "copy" (the default), "sync" or "move". */
            mode?: null | string;
            /** @description What the history shows it as; null leaves it without a name. */
            name?: null | string;
            /** @description Parameters of the action: GET /api/providers/transfer/actions. */
            options?: null | {
                [key: string]: unknown;
            };
            /** @description An address; or the targets of a chain in their order, each of which gives what arrived there to the next. */
            to: unknown;
        };
        NewUser: {
            /** @default false */
            is_administrator: boolean;
            name: string;
            password?: null | string;
        };
        /** @description A notification as the API shows it. */
        NotificationView: {
            /**
             * Format: uuid
             * @description The execution that ended, or the event that is an alert.
             */
            about?: string;
            /** @description What tells two failures of the same kind from others. */
            cause?: string;
            /** Format: date-time */
            created_at?: string;
            /**
             * Format: uuid
             * @description The execution that tells it, in which everything about that stands; null when there is none.
             */
            execution_id?: null | string;
            /** Format: uuid */
            id?: string;
            /** @description failure, success, recovery or expectation_missed. */
            occasion?: string;
            plan?: null | string;
            /** Format: uuid */
            plan_id?: string;
            /** @description Why it is not sent. */
            reason?: null | string;
            /** Format: date-time */
            sent_at?: null | string;
            /** @description pending, sending, sent, failed, suppressed, noted (nobody is to be told), or dead (it could not even be begun). */
            status?: string;
            /**
             * Format: int32
             * @description How many like it were kept back since one was told.
             */
            suppressed?: number;
            /** @description provider.action */
            use?: null | string;
            /** @description The action's parameters as the rule gives them, references and all. */
            with?: unknown;
        };
        /** @description Whom the workspace tells, of plans that say nothing. */
        NotifyDefault: {
            /** @description Why nobody is told. */
            broken?: null | string;
            /** @description As a plan's 'notify'; null when nothing is said. */
            notify: null | components["schemas"]["NotifyItem"][];
        };
        /** @description An item of a 'notify' list. */
        NotifyItem: {
            at_most_every?: null | string;
            on: string[];
            use: string;
            with?: unknown;
        };
        /** @description When one schedule runs within a span of time. */
        OccurrencesView: {
            /** @description As people say it: "From Monday to Friday at 06:00 (Europe/Berlin)"; null when it cannot be read any more. */
            in_words: null | string;
            /** @description There are more of them within the span. */
            is_cut: boolean;
            plan: string;
            /** Format: uuid */
            plan_id: string;
            /** @description In their order, the first 200. */
            times: unknown[];
            /** Format: uuid */
            trigger_id: string;
            /** @description Shortly: "0 6 * * mon-fri (Europe/Berlin)". */
            watches: string;
        };
        /** @description How a workspace is doing, in numbers that each name a list. */
        Overview: {
            /**
             * Format: int32
             * @description Steps that wait for somebody's yes or no.
             */
            approvals: number;
            /**
             * Format: int32
             * @description Events that nobody tries any more by itself, whenever they came.
             */
            events_dead: number;
            /**
             * Format: int32
             * @description Expected events that did not come.
             */
            events_missed: number;
            /** @description One for each hour that was asked for, the oldest first, to this one. */
            hours: components["schemas"]["OverviewHour"][];
            /**
             * Format: int32
             * @description Executions that are not begun yet.
             */
            queued: number;
            /**
             * Format: int32
             * @description Executions under way now.
             */
            running: number;
            /**
             * Format: int32
             * @description Schedules whose time is over by more than a minute.
             */
            schedules_late: number;
            /**
             * Format: date-time
             * @description From when on it is counted: the beginning of an hour.
             */
            since: string;
            /**
             * Format: int32
             * @description Triggers that do nothing, and say why.
             */
            triggers_broken: number;
            /**
             * Format: int32
             * @description Executions that wait for a time, an event or a person.
             */
            waiting: number;
        };
        /** @description What was accepted within an hour, and what became of it. */
        OverviewHour: {
            /** Format: date-time */
            at: string;
            /**
             * Format: int64
             * @description That transfers moved.
             */
            bytes: number;
            /** Format: int32 */
            cancelled: number;
            /** Format: int32 */
            failed: number;
            /**
             * Format: int64
             * @description That transfers moved.
             */
            files: number;
            /**
             * Format: int32
             * @description Those that are not at their end.
             */
            open: number;
            /**
             * Format: int32
             * @description All executions.
             */
            total: number;
        };
        /** @description A part of a list. */
        PageOfActionView: {
            items: components["schemas"]["ActionView"][];
            /** @description The cursor for the part that follows, given back as the parameter 'after'; null at the end. */
            next: null | string;
        };
        /** @description A part of a list. */
        PageOfApiKey: {
            items: components["schemas"]["ApiKey"][];
            /** @description The cursor for the part that follows, given back as the parameter 'after'; null at the end. */
            next: null | string;
        };
        /** @description A part of a list. */
        PageOfApproval: {
            items: components["schemas"]["Approval"][];
            /** @description The cursor for the part that follows, given back as the parameter 'after'; null at the end. */
            next: null | string;
        };
        /** @description A part of a list. */
        PageOfAuditEntryView: {
            items: components["schemas"]["AuditEntryView"][];
            /** @description The cursor for the part that follows, given back as the parameter 'after'; null at the end. */
            next: null | string;
        };
        /** @description A part of a list. */
        PageOfConnectionView: {
            items: components["schemas"]["ConnectionView"][];
            /** @description The cursor for the part that follows, given back as the parameter 'after'; null at the end. */
            next: null | string;
        };
        /** @description A part of a list. */
        PageOfCredentialView: {
            items: components["schemas"]["CredentialView"][];
            /** @description The cursor for the part that follows, given back as the parameter 'after'; null at the end. */
            next: null | string;
        };
        /** @description A part of a list. */
        PageOfDraftView: {
            items: components["schemas"]["DraftView"][];
            /** @description The cursor for the part that follows, given back as the parameter 'after'; null at the end. */
            next: null | string;
        };
        /** @description A part of a list. */
        PageOfEndpointKindView: {
            items: components["schemas"]["EndpointKindView"][];
            /** @description The cursor for the part that follows, given back as the parameter 'after'; null at the end. */
            next: null | string;
        };
        /** @description A part of a list. */
        PageOfEndpointUseView: {
            items: components["schemas"]["EndpointUseView"][];
            /** @description The cursor for the part that follows, given back as the parameter 'after'; null at the end. */
            next: null | string;
        };
        /** @description A part of a list. */
        PageOfEndpointView: {
            items: components["schemas"]["EndpointView"][];
            /** @description The cursor for the part that follows, given back as the parameter 'after'; null at the end. */
            next: null | string;
        };
        /** @description A part of a list. */
        PageOfEventView: {
            items: components["schemas"]["EventView"][];
            /** @description The cursor for the part that follows, given back as the parameter 'after'; null at the end. */
            next: null | string;
        };
        /** @description A part of a list. */
        PageOfExecution: {
            items: components["schemas"]["Execution"][];
            /** @description The cursor for the part that follows, given back as the parameter 'after'; null at the end. */
            next: null | string;
        };
        /** @description A part of a list. */
        PageOfExecutionFile: {
            items: components["schemas"]["ExecutionFile"][];
            /** @description The cursor for the part that follows, given back as the parameter 'after'; null at the end. */
            next: null | string;
        };
        /** @description A part of a list. */
        PageOfHubSettingView: {
            items: components["schemas"]["HubSettingView"][];
            /** @description The cursor for the part that follows, given back as the parameter 'after'; null at the end. */
            next: null | string;
        };
        /** @description A part of a list. */
        PageOfLog: {
            items: components["schemas"]["Log"][];
            /** @description The cursor for the part that follows, given back as the parameter 'after'; null at the end. */
            next: null | string;
        };
        /** @description A part of a list. */
        PageOfManifest: {
            items: components["schemas"]["Manifest"][];
            /** @description The cursor for the part that follows, given back as the parameter 'after'; null at the end. */
            next: null | string;
        };
        /** @description A part of a list. */
        PageOfMember: {
            items: components["schemas"]["Member"][];
            /** @description The cursor for the part that follows, given back as the parameter 'after'; null at the end. */
            next: null | string;
        };
        /** @description A part of a list. */
        PageOfNotificationView: {
            items: components["schemas"]["NotificationView"][];
            /** @description The cursor for the part that follows, given back as the parameter 'after'; null at the end. */
            next: null | string;
        };
        /** @description A part of a list. */
        PageOfOccurrencesView: {
            items: components["schemas"]["OccurrencesView"][];
            /** @description The cursor for the part that follows, given back as the parameter 'after'; null at the end. */
            next: null | string;
        };
        /** @description A part of a list. */
        PageOfPlanVersionRow: {
            items: components["schemas"]["PlanVersionRow"][];
            /** @description The cursor for the part that follows, given back as the parameter 'after'; null at the end. */
            next: null | string;
        };
        /** @description A part of a list. */
        PageOfProviderSummary: {
            items: components["schemas"]["ProviderSummary"][];
            /** @description The cursor for the part that follows, given back as the parameter 'after'; null at the end. */
            next: null | string;
        };
        /** @description A part of a list. */
        PageOfSavedPlanRow: {
            items: components["schemas"]["SavedPlanRow"][];
            /** @description The cursor for the part that follows, given back as the parameter 'after'; null at the end. */
            next: null | string;
        };
        /** @description A part of a list. */
        PageOfSession: {
            items: components["schemas"]["Session"][];
            /** @description The cursor for the part that follows, given back as the parameter 'after'; null at the end. */
            next: null | string;
        };
        /** @description A part of a list. */
        PageOfTemplateView: {
            items: components["schemas"]["TemplateView"][];
            /** @description The cursor for the part that follows, given back as the parameter 'after'; null at the end. */
            next: null | string;
        };
        /** @description A part of a list. */
        PageOfTransfer: {
            items: components["schemas"]["Transfer"][];
            /** @description The cursor for the part that follows, given back as the parameter 'after'; null at the end. */
            next: null | string;
        };
        /** @description A part of a list. */
        PageOfTriggerView: {
            items: components["schemas"]["TriggerView"][];
            /** @description The cursor for the part that follows, given back as the parameter 'after'; null at the end. */
            next: null | string;
        };
        /** @description A part of a list. */
        PageOfUnusableProviderView: {
            items: components["schemas"]["UnusableProviderView"][];
            /** @description The cursor for the part that follows, given back as the parameter 'after'; null at the end. */
            next: null | string;
        };
        /** @description A part of a list. */
        PageOfUser: {
            items: components["schemas"]["User"][];
            /** @description The cursor for the part that follows, given back as the parameter 'after'; null at the end. */
            next: null | string;
        };
        /** @description A part of a list. */
        PageOfWorkspace: {
            items: components["schemas"]["Workspace"][];
            /** @description The cursor for the part that follows, given back as the parameter 'after'; null at the end. */
            next: null | string;
        };
        /** @description The step that called an execution. */
        Parent: {
            /** Format: uuid */
            execution: string;
            step: string;
        };
        /** @description Files and folders of an endpoint, by their paths in it. */
        PathsRequest: {
            /** @description Without a leading '/', and without "." and "..". */
            paths: string[];
        };
        /** @description What two versions of a plan differ in, by what they say and not by how it is written. */
        PlanDiff: {
            /** @description The text of the other. */
            after: string;
            /** @description The text of the one version. */
            before: string;
            /**
             * Format: int32
             * @description The one version.
             */
            from: number;
            /** @description The plan's members that differ, besides its steps: "inputs", "on". */
            members: string[];
            /** @description The steps that differ, in their order. */
            steps: components["schemas"]["StepDiff"][];
            /**
             * Format: int32
             * @description The other.
             */
            to: number;
        };
        /** @description One thing that is wrong with a plan: where it stands, and a sentence on what and how to mend it. */
        PlanFinding: {
            /**
             * Format: int32
             * @description Counted from 1.
             */
            column: number;
            /**
             * Format: int32
             * @description Counted from 1.
             */
            line: number;
            /** @description A sentence. */
            message: string;
            /** @description "steps[0].with.url"; empty for the plan as a whole. */
            path: string;
        };
        PlannerProvider: {
            /** @description The provider's. */
            id: string;
            /** @description Which of its models is asked when nobody says which; null when that must be said. */
            model: null | string;
            title: string;
        };
        /** @description What a workspace says about its AI. Null leaves it to the hub: the first provider that the caller has credentials for, and the usual budget. */
        PlannerSettings: {
            /** @description The name of the credential; the provider's id when null. */
            connection?: null | string;
            model?: null | string;
            /**
             * Format: double
             * @description The same by what vendors say that their answers cost.
             */
            plan_cost_a_day?: null | number;
            /**
             * Format: int64
             * @description Of AIs in plans; null bounds nothing.
             */
            plan_tokens_a_day?: null | number;
            provider?: null | string;
            /** Format: int64 */
            requests_a_day?: null | number;
            /** Format: int64 */
            tokens_a_day?: null | number;
        };
        /** @description What a workspace says about its AI, and how it stands. */
        PlannerView: {
            connection: null | string;
            model: null | string;
            /**
             * Format: double
             * @description The same by what vendors say that their answers cost.
             */
            plan_cost_a_day: null | number;
            /**
             * Format: double
             * @description The same.
             */
            plan_cost_today: number;
            /**
             * Format: int64
             * @description What steps of plans may use; null when it is not bounded.
             */
            plan_tokens_a_day: null | number;
            /**
             * Format: int64
             * @description What of it is used, with what is being asked now.
             */
            plan_tokens_today: number;
            provider: null | string;
            /** @description Who can draft, once there are credentials for them; the first comes first. */
            providers: components["schemas"]["PlannerProvider"][];
            /**
             * Format: int64
             * @description The budget.
             */
            requests_a_day: number;
            /**
             * Format: int64
             * @description The same.
             */
            requests_today: number;
            /**
             * Format: int64
             * @description The budget.
             */
            tokens_a_day: number;
            /**
             * Format: int64
             * @description What of it is used, with what is being asked now.
             */
            tokens_today: number;
        };
        PlanVerdict: {
            errors: components["schemas"]["PlanFinding"][];
            ok: boolean;
            schedules: string[];
        };
        /** @description One version of a plan: what it was from then until the next. */
        PlanVersionRow: {
            /** Format: date-time */
            created_at?: string;
            /** @description The text as it was given, YAML or JSON; null in lists. */
            source?: null | string;
            user?: null | string;
            /** Format: uuid */
            user_id?: string;
            /** Format: int32 */
            version?: number;
        };
        /** @description What would become of one file. */
        PreviewedFile: {
            /** Format: date-time */
            modified_at: null | string;
            /** @description Relative to the source. */
            path: string;
            /** @description Why it would fail. */
            reason: null | string;
            /** @description copied, skipped (it is there), deleted or failed. */
            result: string;
            /** Format: int64 */
            size: null | number;
            /** @description Relative to the target. */
            target_path: null | string;
        };
        /** @description What went wrong (RFC 9457). */
        Problem: {
            /** @description A sentence: what, where, and what to do next. */
            detail?: string;
            status?: number;
            title?: string;
        };
        /** @description A provider's credentials to store or to change. */
        ProviderCredentialRequest: {
            /** @description It is sent nowhere else; an empty list lifts that. */
            allowed_hosts?: null | string[];
            /** @description All of them: those not among them are forgotten. Without it they stay as they are. */
            fields?: null | {
                [key: string]: unknown;
            };
            scope?: null | components["schemas"]["CredentialScope"];
            /** @description The change is refused when the credential has another version by now. */
            version?: null | string;
        };
        ProviderSummary: {
            /** @description Their ids. */
            actions: string[];
            /** @description What it stands with in the catalogue. */
            category: string;
            help: string;
            id: string;
            /** @description It was added to this hub, and is no part of the program. */
            own: boolean;
            title: string;
        };
        ProviderUsesView: {
            /** @description The names of those in the workspace. */
            plans: string[];
            /**
             * Format: int32
             * @description How many there are in other workspaces.
             */
            plans_elsewhere: number;
        };
        ProviderView: {
            actions: components["schemas"]["ActionView"][];
            category: string;
            /** @description When the manifest was last compared with that; null of what is code alone. */
            checked_on: null | string;
            connection: null | components["schemas"]["ConnectionNeedsView"];
            /** @description Where the vendor describes its API; null of what is code alone. */
            docs: null | string;
            help: string;
            id: string;
            /** @description It was added to this hub, and is no part of the program. */
            own: boolean;
            title: string;
        };
        Refresh: {
            refresh_token: string;
        };
        RefreshableToken: {
            access_token: string;
            /** Format: date-time */
            expires_at: string;
            must_change_password: boolean;
            /** Format: date-time */
            refresh_expires_at: string;
            refresh_token: string;
            token_type: string;
        };
        /** @description A file or folder to rename. */
        RenameRequest: {
            /** @description Its path. */
            from: string;
            /** @description The path it gets, where nothing may stand yet. */
            to: string;
        };
        /** @description Which events are to be replayed; what is not given is any. */
        ReplayRequest: {
            kind?: null | string;
            /**
             * Format: int32
             * @description At most so many, the newest; 100 when it is not given.
             * @default 100
             */
            limit: number;
            /** @description Of the plan of this name or id. */
            plan?: null | string;
            /** @description A part of the summary, the key or the reason. */
            q?: null | string;
            /** Format: date-time */
            since?: null | string;
            /** @description dead, failed, accepted or filtered. */
            status: string;
            /** @description Of this trigger. */
            trigger?: null | string;
            /** Format: date-time */
            until?: null | string;
        };
        /** @description How many events were replayed. */
        ReplayView: {
            /** Format: int32 */
            replayed: number;
        };
        /** @description The answer that bears a secret. */
        RevealedValue: {
            value: string;
        };
        /** @description Which field of a provider's credentials is meant; a credential without a provider has only one. */
        RevealRequest: {
            field?: null | string;
        };
        /** @description A rotation. */
        RotationView: {
            /** Format: date-time */
            ended_at: null | string;
            /** Format: int32 */
            generation: number;
            is_complete: boolean;
            /**
             * Format: int64
             * @description Credentials that an older key still seals.
             */
            left: number;
            /** Format: date-time */
            started_at: string;
            /**
             * Format: int32
             * @description Those that could not be opened, and so keep their key.
             */
            unreadable: number;
        };
        /** @description A saved plan without its text. */
        SavedPlanRow: {
            /** Format: date-time */
            created_at?: string;
            description?: null | string;
            /** Format: uuid */
            id?: string;
            name?: string;
            /** @description The name under which the folder that it comes from was applied; null for a plan that came by itself. */
            origin?: null | string;
            /** Format: date-time */
            updated_at?: string;
            /**
             * Format: int32
             * @description The newest.
             */
            version?: number;
        };
        Session: {
            address: null | string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            /** Format: uuid */
            id: string;
            is_current: boolean;
            kind: string;
            /** Format: date-time */
            last_used_at: string;
            program: null | string;
        };
        /**
         * @default session
         * @enum {unknown}
         */
        SessionKind: "session" | "jwt";
        /**
         * @description The type of a setting's value, as it is written in JSON or YAML.
         * @enum {unknown}
         */
        SettingType: "text" | "integer" | "number" | "boolean" | "list" | "map" | "duration" | "address" | "any";
        /** @description A setting as it describes itself. */
        SettingView: {
            /** @description The only values allowed; empty means any. */
            choices: string[];
            /** @description Null when there is none. */
            default: unknown;
            help: string;
            name: string;
            required: boolean;
            /** @description It is given as ${cred:NAME}. */
            secret: boolean;
            type: components["schemas"]["SettingType"];
        };
        ShownPlan: {
            /** Format: date-time */
            created_at: string;
            description: null | string;
            /** Format: uuid */
            id: string;
            name: string;
            origin: null | string;
            source: string;
            /** Format: date-time */
            updated_at: string;
            /** Format: int32 */
            version: number;
        };
        /** @description Whom an event reached. */
        Signalled: {
            /** @description Those that waited for it. */
            executions: string[];
        };
        SignedIn: {
            /** Format: date-time */
            expires_at: string;
            must_change_password: boolean;
            token: string;
        };
        SignIn: {
            kind?: components["schemas"]["SessionKind"];
            password: string;
            user: string;
        };
        /** @description One attempt at a step. */
        Step: {
            /** Format: int32 */
            attempt: number;
            /** Format: date-time */
            ended_at?: null | string;
            error?: null | components["schemas"]["Error"];
            /** @description The name the plan gives it. */
            id?: null | string;
            message?: null | string;
            metadata?: null | {
                [key: string]: string;
            };
            output?: unknown;
            /** Format: int32 */
            output_bytes?: null | number;
            output_url?: null | string;
            /** Format: date-time */
            started_at: string;
            /** @description running, waiting, succeeded, failed, cancelled, skipped or may_have_run. */
            status: string;
            /** @description Its path: "0", or "2/1" for the second step below the third. */
            step: string;
            /** @description The action: "transfer.copy". */
            use: string;
        };
        /** @description A step that differs. */
        StepDiff: {
            /** @description added, removed, moved or changed. */
            change: string;
            /** @description What differs in a changed one: "with", "timeout". Steps within a control step are members of it. */
            members: string[];
            /** @description Its id, or its number in the version that has it. */
            step: string;
        };
        /** @description The store to use from now on, as in the block credential_manager of a configuration. */
        StoreRequest: {
            /** @description database, file, env or vault. */
            backend: string;
            /** @description Settings by backend. Secrets are not among them, only the names of credentials or variables that hold them. */
            backend_config?: null | {
                [key: string]: {
                    [key: string]: unknown;
                };
            };
        };
        /** @description The workspace's store. */
        StoreView: {
            backend: string;
            backend_config: {
                [key: string]: {
                    [key: string]: string;
                };
            };
            /** @description An administrator of the hub chose it. */
            is_granted: boolean;
            /**
             * Format: date-time
             * @description Null while nobody chose.
             */
            updated_at: null | string;
        };
        /** Format: binary */
        Stream: string;
        /** @description A line of the hub's own log, as it is in its file. */
        SystemLogLine: {
            /** @description Such as "Triggers": the part of the hub that tells it. */
            component: string;
            /** @description With its stack. */
            exception: null | string;
            /** @description The execution that it belongs to. */
            execution: null | string;
            fields: unknown;
            /**
             * Format: int64
             * @description Larger than that of every line before, also across restarts.
             */
            id: number;
            /** @description debug, info, warning or error. */
            level: string;
            message: string;
            /** @description Such as "Gantry.Hub.Triggers.Scheduler". */
            source: string;
            /** Format: date-time */
            time: string;
        };
        SystemLogPage: {
            components: string[];
            file: string;
            items: components["schemas"]["SystemLogLine"][];
            next: null | string;
        };
        /** @description A template to save. Its name is given by the path when it is changed. */
        TemplateRequest: {
            /** @description What it is for. */
            description?: null | string;
            /** @description An address, or a list of them: NAME:PATH of a saved endpoint, or one of a kind. */
            from: unknown;
            /** @description "copy" (the default), "sync" or "move". */
            mode?: null | string;
            /** @description The plan's name. */
            name?: null | string;
            /** @description Parameters of the action: GET /api/providers/transfer/actions. */
            options?: null | {
                [key: string]: unknown;
            };
            /** @description Only files that match, such as "*.jpg" or "/out/**"; null means all. */
            pattern?: null | string;
            /** @description An address; or the targets of a chain in their order, each of which gives what arrived there to the next. */
            to: unknown;
        };
        /** @description What may be said when a template is run. */
        TemplateRunRequest: {
            /** @description Only these files and folders, by their paths in 'from'; one that is not there is a failure. */
            files?: null | string[];
        };
        /** @description A template as the API shows it. */
        TemplateView: {
            /** Format: date-time */
            created_at: string;
            description: null | string;
            from: string[];
            /**
             * Format: uuid
             * @description The plan's; GET /api/plans/{id}/versions lists what it was before.
             */
            id: string;
            mode: string;
            name: string;
            options: {
                [key: string]: unknown;
            };
            /** @description Null means all files. */
            pattern: null | string;
            /** @description More than one is a chain. */
            to: string[];
            /** Format: date-time */
            updated_at: string;
            /**
             * Format: int32
             * @description The plan's newest.
             */
            version: number;
        };
        /** @description One transfer. Members that have no value are left out. Its id is that of its execution. */
        Transfer: {
            cancel_requested?: null | boolean;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            ended_at?: null | string;
            error?: null | components["schemas"]["Error"];
            /** @description The first link that failed. */
            failed_step?: null | string;
            /** @description The files that were named; only when one transfer is shown. */
            files?: null | string[];
            from: string[];
            /** Format: uuid */
            id: string;
            /** @description One for each target, in their order. */
            links: components["schemas"]["Link"][];
            mode: string;
            /** @description What it was called, or its template; null when it has no name. */
            name: null | string;
            /** @description Only when one transfer is shown. */
            options?: null | {
                [key: string]: unknown;
            };
            /**
             * Format: uuid
             * @description The transfer whose failures it took up.
             */
            retry_of?: null | string;
            /** Format: date-time */
            started_at?: null | string;
            /** @description queued, running, waiting, succeeded, failed or cancelled; the last three are final. */
            status: string;
            /**
             * Format: uuid
             * @description The template that was run.
             */
            template_id?: null | string;
            /** @description More than one is a chain. */
            to: string[];
            trigger?: null | components["schemas"]["TransferTrigger"];
            /** Format: uuid */
            user_id: string;
            waiting_for?: null | string;
        };
        /** @description What a transfer would do. */
        TransferPreviewView: {
            files: components["schemas"]["PreviewedFile"][];
            /** @description These are all files. */
            is_whole: boolean;
            /** @description Why it is not whole, unless the files are as many as were asked for. */
            note: null | string;
            /** @description The target as it is now, with the time put into it; of a chain the first. */
            to: string;
        };
        /** @description What started a transfer. */
        TransferTrigger: {
            /**
             * Format: uuid
             * @description What it saw: GET /api/events/{id}.
             */
            event_id: string;
            /** @description schedule, webhook, files, s3_events or execution. */
            kind: string;
            /** Format: uuid */
            trigger_id: string;
            /** @description Shortly, as the trigger is now: "0 6 * * mon-fri (Europe/Berlin)", "POST news"; none when it is gone. */
            watches?: null | string;
        };
        /** @description A trigger as the API shows it. */
        TriggerView: {
            /** @description Why it does nothing. */
            broken: null | string;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description When the window ends in which something has to come.
             */
            expected_by: null | string;
            /** Format: uuid */
            id: string;
            /** @description A schedule as people say it: "From Monday to Friday at 06:00 (Europe/Berlin)"; null for others. */
            in_words: null | string;
            /** @description It stands in the plan's text, and not only in the hub. */
            is_of_plan: boolean;
            kind: string;
            last: null | components["schemas"]["LastEventView"];
            /** @description Its next ten; only when one trigger is shown, and in the list of scheduled jobs. */
            next: null | unknown[];
            /**
             * Format: date-time
             * @description A schedule's next time.
             */
            next_at: null | string;
            /** @description That plan's name. */
            plan: string;
            /**
             * Format: uuid
             * @description The plan that it starts.
             */
            plan_id: string;
            /**
             * Format: date-time
             * @description When its endpoint was last listed whole.
             */
            scanned_at: null | string;
            /** @description As they stand in the plan's 'on' block. */
            settings: unknown;
            /** @description active, paused or broken. */
            state: string;
            /** Format: date-time */
            updated_at: string;
            /** @description Where a webhook is called. */
            url: null | string;
            /** @description Shortly: "0 6 * * mon-fri (Europe/Berlin)", "POST news". */
            watches: string;
        };
        UnusableProviderView: {
            /** @description What makes it usable. */
            advice: string;
            /** @description All that is wrong with it. */
            findings: components["schemas"]["ManifestFindingView"][];
            /** @description What steps would call it by. */
            id: string;
            /** @description It lies in the hub's data folder, and is changed there; else it is in the database, and changed over the API. */
            is_file: boolean;
        };
        User: {
            /** Format: date-time */
            created_at?: string;
            /** Format: uuid */
            id?: string;
            is_administrator?: boolean;
            is_disabled?: boolean;
            must_change_password?: boolean;
            name?: string;
        };
        UserChange: {
            is_administrator?: null | boolean;
            is_disabled?: null | boolean;
            password?: null | string;
        };
        /** @description The key ring. Fingerprints tell nothing about the keys. */
        VaultView: {
            /** @description By generation, the newest first. */
            data_keys: components["schemas"]["DataKeysView"][];
            master_keys: components["schemas"]["MasterKeyView"][];
            /** @description Where the hub has its master keys from. */
            place: string;
            rotation: null | components["schemas"]["RotationView"];
        };
        /** @description What one step waits for. Members that have no value are left out. */
        Wait: {
            /** @description The answer is there; the step has not gone on yet. */
            answered?: null | boolean;
            /** @description What a person is asked. */
            ask?: null | string;
            /** @description Who may answer: roles or users. None means whoever may run plans. */
            by?: null | string[];
            /**
             * Format: uuid
             * @description The execution that was called.
             */
            call?: null | string;
            /** @description The name of the event. */
            event?: null | string;
            /** @description The name the plan gives it. */
            id?: null | string;
            /** @description time, event, approval, call or retry. */
            kind: string;
            /** Format: date-time */
            since: string;
            /** @description Its path. */
            step: string;
            /**
             * Format: date-time
             * @description When it goes on, or is too late.
             */
            until?: null | string;
        };
        /** @description What a caller of a webhook is told. Members that have no value are left out. */
        WebhookAnswer: {
            error?: null | components["schemas"]["Error"];
            /**
             * Format: uuid
             * @description The call, as it is on record.
             */
            event_id: string;
            /** @description The path of the step that failed. */
            failed_step?: null | string;
            /**
             * Format: uuid
             * @description The execution; not of a filtered call.
             */
            id?: null | string;
            /** @description With 'reply: result'. */
            output?: unknown;
            /** @description Of the execution; or "filtered", when the trigger does not want the call. */
            status: string;
        };
        Workspace: {
            /** Format: date-time */
            created_at?: string;
            /** Format: uuid */
            id?: string;
            name?: string;
        };
        WorkspaceName: {
            name: string;
        };
        /** @enum {unknown} */
        WorkspaceRole: "viewer" | "operator" | "editor" | "owner" | null;
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
