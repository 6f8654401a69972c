import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '@/components/routing/root';

const agents = createRoute({
  getParentRoute: () => shellRoute,
  path: 'agents',
  component: lazyRouteComponent(() => import('./AgentsPage'), 'AgentsPage'),
});

export const agentsRoutes = [agents] as const;
