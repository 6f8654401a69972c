using Gantry.Cli.CommandLine;
using Gantry.Cli.Credentials;
using Gantry.Cli.Endpoints;
using Gantry.Cli.Executions;
using Gantry.Cli.Files;
using Gantry.Cli.Hubs;
using Gantry.Cli.Notifications;
using Gantry.Cli.Plans;
using Gantry.Cli.Providers;
using Gantry.Cli.Transfers;
using Gantry.Cli.Triggers;

namespace Gantry.Cli;

/// <summary>Every command of this program, a line each.</summary>
internal static class AllCommands
{
    public static Command Root { get; } = new()
    {
        Name = "gantry",
        Help = "Moves files between any two places and runs plans of steps, durably.",
        Commands =
        [
            new("copy", "Copies files between any two places.", TransferCommand.DescribeCopy),
            new("sync", "Makes one place like another.", TransferCommand.DescribeSync),
            new("move", "Moves files between any two places.", TransferCommand.DescribeMove),
            new("check", "Compares two places.", TransferCommand.DescribeCheck),
            new("ls", "Lists a folder.", ListCommand.Describe),
            new("mkdir", "Makes a folder.", PlaceCommands.DescribeMkdir),
            new("rm", "Deletes a file or a folder.", PlaceCommands.DescribeRm),
            new("cat", "Writes a file to standard output.", PlaceCommands.DescribeCat),
            new("link", "Makes a link for downloading or uploading one file.", LinkCommand.Describe),
            new("endpoint", "Saves places for files under a name, and tests them.", EndpointCommand.Describe) { OtherNames = ["endpoints"] },
            new("credential", "Keeps passwords, keys and tokens, which ${cred:NAME} then stands for.", CredentialCommand.Describe) { OtherNames = ["credentials", "cred", "--credential"] },
            new("--credential-backend", "The older spelling of 'credential backend'.", BackendCommand.Describe) { IsHidden = true },
            new("run", "Runs a plan: a file in this process, or on a hub; a saved plan on its hub.", RunCommand.Describe),
            new("plan", "Checks plans, and saves them on a hub.", PlanCommand.Describe) { OtherNames = ["plans"] },
            new("executions", "Lists, follows, cancels and re-runs executions on a hub.", ExecutionsCommand.Describe) { OtherNames = ["execution"] },
            new("triggers", "Lists, pauses and resumes what starts plans by itself on a hub.", TriggersCommand.Describe) { OtherNames = ["trigger"] },
            new("schedule", "Lists, sets, pauses and runs the schedules of a hub's plans.", ScheduleCommand.Describe) { OtherNames = ["schedules"] },
            new("events", "Lists what triggers saw on a hub, and replays it.", EventsCommand.Describe) { OtherNames = ["event"] },
            new("notifications", "Lists who was told how executions on a hub ended, and sets who is told where plans say nothing.", NotificationsCommand.Describe) { OtherNames = ["notification"] },
            new("transfer", "Starts, lists and retries transfers on a hub, and runs templates of them.", HubTransferCommand.Describe) { OtherNames = ["transfers"] },
            new("provider", "Lists the providers that plans can use, and adds own ones.", ProviderCommand.Describe) { OtherNames = ["providers"] },
            new("audit", "Lists, exports and verifies the audit log of a hub.", AuditCommand.Describe),
            new("up", "Starts a hub with its own PostgreSQL on this machine.", HubCommands.DescribeUp),
            new("down", "Stops the hub of a data folder, and its PostgreSQL.", HubCommands.DescribeDown),
            new("serve", "Starts a hub for production, on the PostgreSQL that GANTRY_DATABASE names.", HubCommands.DescribeServe),
            new("migrate", "Brings the hub's database to this program's schema, or says whether it is.", HubCommands.DescribeMigrate),
            new("vault", "Shows the keys that seal a hub's credentials, and rotates them.", VaultCommand.Describe),
            new("login", "Signs in to a hub and keeps a key for it.", LoginCommand.Describe),
            new("logout", "Forgets the key of a hub, and tells the hub to.", LoginCommand.DescribeLogout),
        ],
        Options = [new("--version", "Shows the program's version.")],
        Notes =
        [
            "'gantry COMMAND --help' tells more of one.",
            "Exit status: 0 all done, 1 something failed, 2 wrong usage, 3 could not connect, 130 cancelled.",
            "A hub is found by --hub URL or GANTRY_HUB, and its key by 'gantry login' or GANTRY_API_KEY.",
        ],
        Examples =
        [
            "gantry copy site/ sftp://deploy@www.example.org/var/www",
            "gantry up --detach && gantry login --user admin && gantry run demo --follow",
        ],
    };
}
