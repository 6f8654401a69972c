import { accountsRoutes } from '@/features/accounts/routes';
import { agentsRoutes } from '@/features/agents/routes';
import { auditRoutes } from '@/features/audit/routes';
import { endpointsRoutes } from '@/features/endpoints/routes';
import { executionsRoutes } from '@/features/executions/routes';
import { operationsRoutes } from '@/features/operations/routes';
import { plannerRoutes } from '@/features/planner/routes';
import { plansRoutes } from '@/features/plans/routes';
import { providersRoutes } from '@/features/providers/routes';
import { signInRoute } from '@/features/accounts/sign-in-route';
import { sitesRoutes } from '@/features/sites/routes';
import { transfersRoutes } from '@/features/transfers/routes';
import { triggersRoutes } from '@/features/triggers/routes';
import { vaultRoutes } from '@/features/vault/routes';
import { rootRoute, shellRoute } from '@/components/routing/root';

/** Every page, by its address. */
export const routeTree = rootRoute.addChildren([
  signInRoute,
  shellRoute.addChildren([
    ...operationsRoutes, ...endpointsRoutes, ...transfersRoutes, ...plansRoutes, ...plannerRoutes, ...executionsRoutes, ...triggersRoutes, ...providersRoutes,
    ...vaultRoutes, ...auditRoutes, ...accountsRoutes, ...sitesRoutes, ...agentsRoutes,
  ]),
]);
