import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '@/components/routing/root';
import { textOf, type SearchInput } from '@/components/routing/search';

const plans = createRoute({
  getParentRoute: () => shellRoute,
  path: 'plans',
  validateSearch: (search: SearchInput): { q?: string } => ({ q: textOf(search, 'q') }),
  component: lazyRouteComponent(() => import('./PlansPage'), 'PlansPage'),
});

const plan = createRoute({
  getParentRoute: () => shellRoute,
  path: 'plans/$plan',
  component: lazyRouteComponent(() => import('./PlanPage'), 'PlanPage'),
});

export const plansRoutes = [plans, plan] as const;
