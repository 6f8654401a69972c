using Gantry.Cli;
using Gantry.Cli.CommandLine;
using Gantry.Cli.Endpoints;

EarlyStart.Begin(args);
return await CommandProgram.RunAsync(AllCommands.Root, args);
