using Gantry.Hub.Audit;
using Gantry.Hub.Database;
using Gantry.Hub.Web;
using Npgsql;

namespace Gantry.Hub.Accounts;

/// <summary>People of this hub. Administrators make and change them; members of a workspace see one another.</summary>
internal static class UserRoutes
{
    private const string LastAdministrator = "This is the last administrator who can sign in. Make another one first.";

    public static void MapUsers(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/users", ListAsync).Allow(Access.SignedIn).WithSummary("Lists the users that one may see by name.");
        app.MapPost("/api/users", CreateAsync).Allow(Access.Administrator)
            .WithSummary("Makes a user; without a password, a one-time password is answered.").Produces<CreatedUser>(201).Refuses(409);
        app.MapPatch("/api/users/{id}", ChangeAsync).Allow(Access.Administrator)
            .WithSummary("Changes what a user is or may: the members that are given.").Produces(204).Refuses(409);
        app.MapDelete("/api/users/{id}", DeleteAsync).Allow(Access.Administrator).WithSummary("Deletes a user; never the last administrator.").Produces(204).Refuses(409);
    }

    private static async Task<Page<User>> ListAsync(
        Caller caller, HubDatabase database, string? limit, string? after, CancellationToken cancellationToken)
    {
        var count = PageQuery.Limit(limit);
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var users = await session.QueryAsync<User>("""
            select id, name, is_administrator, must_change_password, disabled_at is not null as is_disabled, created_at
            from users where @after::uuid is null or id > @after order by id limit @count + 1
            """, new { after = PageQuery.AfterId(after), count }, cancellationToken);
        return Page<User>.From(users, count, user => user.Id.ToString());
    }

    /// <summary>Without a password the answer bears a one-time password, shown once.</summary>
    private static async Task<IResult> CreateAsync(HttpContext context, Caller caller, NewUser request, HubDatabase database, Passwords passwords,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        var name = AccountNames.User(request.Name);
        if (request.Password is not null) Passwords.Check(request.Password, name);
        var (id, password) = (Guid.CreateVersion7(clock.GetUtcNow()), request.Password ?? Tokens.NewPassword());
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        try
        {
            await session.ExecuteAsync("""
                insert into users (id, name, password_hash, is_administrator, must_change_password) values (@id, @name, @hash, @isAdministrator, true)
                """, new { id, name, hash = passwords.Hash(password), isAdministrator = request.IsAdministrator }, cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw ProblemException.Conflict($"There is a user '{name}' already.");
        }

        await AuditLog.AppendAsync(session, context, "user.created", name, new { id, is_administrator = request.IsAdministrator }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return Results.Json(new CreatedUser(id, name, request.Password is null ? password : null), statusCode: 201);
    }

    private static async Task<IResult> ChangeAsync(HttpContext context, Caller caller, string id, UserChange change, HubDatabase database,
        Passwords passwords, CallerStore callers, CancellationToken cancellationToken)
    {
        var user = PageQuery.Id(id, "user");
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var name = await NameOfAsync(session, user, cancellationToken);
        if (change.Password is not null) Passwords.Check(change.Password, name);
        await session.ExecuteAsync("""
            update users set is_administrator = coalesce(@isAdministrator, is_administrator),
              disabled_at = case when @isDisabled then coalesce(disabled_at, now()) when not @isDisabled then null else disabled_at end
            where id = @user
            """, new { user, isAdministrator = change.IsAdministrator, isDisabled = change.IsDisabled }, cancellationToken);
        if (change.Password is not null)
        {
            await session.ExecuteAsync("update users set password_hash = @hash, must_change_password = true where id = @user",
                new { user, hash = passwords.Hash(change.Password) }, cancellationToken);
        }

        if (change.IsDisabled == true || change.Password is not null)
            await SessionStore.EndAllAsync(session, user, except: null, cancellationToken);
        await AuditLog.AppendAsync(session, context, "user.changed", name,
            new { is_administrator = change.IsAdministrator, is_disabled = change.IsDisabled, password = change.Password is not null }, cancellationToken);
        await CommitUnlessLastAsync(session, cancellationToken);
        callers.Forget();
        return Results.NoContent();
    }

    private static async Task<IResult> DeleteAsync(
        HttpContext context, Caller caller, string id, HubDatabase database, CallerStore callers, CancellationToken cancellationToken)
    {
        var user = PageQuery.Id(id, "user");
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var name = await NameOfAsync(session, user, cancellationToken);
        await AuditLog.AppendAsync(session, context, "user.deleted", name, new { id = user }, cancellationToken);
        if (user == caller.UserId) throw ProblemException.Conflict("You cannot delete yourself. Another administrator can.");
        await session.ExecuteAsync("delete from users where id = @user", new { user }, cancellationToken);
        await CommitUnlessLastAsync(session, cancellationToken);
        callers.Forget();
        return Results.NoContent();
    }

    private static async Task<string> NameOfAsync(HubSession session, Guid user, CancellationToken cancellationToken)
    {
        // One change of administrators at a time, or two could each remove the other as the last one.
        await session.ExecuteAsync("select pg_advisory_xact_lock(hashtext('gantry administrators'))", null, cancellationToken);
        return await session.FindAsync<string>("select name from users where id = @user", new { user }, cancellationToken)
            ?? throw ProblemException.NotFound($"There is no user '{user}'.");
    }

    private static async Task CommitUnlessLastAsync(HubSession session, CancellationToken cancellationToken)
    {
        if (!await session.FindAsync<bool>("select has_administrator()", null, cancellationToken)) throw ProblemException.Conflict(LastAdministrator);
        await session.CommitAsync(cancellationToken);
    }

    private sealed record NewUser(string Name, string? Password = null, bool IsAdministrator = false)
    {
        public override string ToString() => Name;
    }

    private sealed record UserChange(bool? IsAdministrator = null, bool? IsDisabled = null, string? Password = null)
    {
        public override string ToString() => "***";
    }

    private sealed record CreatedUser(Guid Id, string Name, string? OneTimePassword)
    {
        public override string ToString() => Name;
    }

    private sealed record User
    {
        public Guid Id { get; init; }

        public string Name { get; init; } = "";

        public bool IsAdministrator { get; init; }

        public bool MustChangePassword { get; init; }

        public bool IsDisabled { get; init; }

        public DateTimeOffset CreatedAt { get; init; }
    }
}
