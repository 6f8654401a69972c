using Gantry.Engine.Plans;
using Gantry.Hub.Database;

namespace Gantry.Hub.Plans;

/// <summary>What follows from a plan's new version, in the session that saves it: its triggers. What fails there keeps the plan from being saved.</summary>
internal delegate Task PlanSaved(HubSession session, SavedPlanRow row, Plan plan, CancellationToken cancellationToken);
