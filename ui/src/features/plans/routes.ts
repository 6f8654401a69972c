import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '@/components/routing/root';
import { oneOf, textOf, type SearchInput } from '@/components/routing/search';
import { views, type View } from './editor/views';

const plans = createRoute({
  getParentRoute: () => shellRoute,
  path: 'plans',
  validateSearch: (search: SearchInput): { q?: string } => ({ q: textOf(search, 'q') }),
  component: lazyRouteComponent(() => import('./PlansPage'), 'PlansPage'),
});

const numberOf = (search: SearchInput, name: string): number | undefined => (Number.isSafeInteger(Number(search[name])) && Number(search[name]) > 0 ? Number(search[name]) : undefined);

interface PlanSearch {
  tab?: 'versions';
  view?: View;
  /** The step that is chosen, by its place: "steps[0]". */
  step?: string;
  /** The versions that are compared. */
  from?: number;
  to?: number;
}

const plan = createRoute({
  getParentRoute: () => shellRoute,
  path: 'plans/$plan',
  validateSearch: (search: SearchInput): PlanSearch => ({
    tab: oneOf(search, 'tab', ['versions']), view: oneOf(search, 'view', views), step: textOf(search, 'step'), from: numberOf(search, 'from'), to: numberOf(search, 'to'),
  }),
  component: lazyRouteComponent(() => import('./PlanPage'), 'PlanPage'),
});

const newPlan = createRoute({
  getParentRoute: () => shellRoute,
  path: 'new-plan',
  validateSearch: (search: SearchInput): Pick<PlanSearch, 'view' | 'step'> & { draft?: string } => ({ view: oneOf(search, 'view', views), step: textOf(search, 'step'), draft: textOf(search, 'draft') }),
  component: lazyRouteComponent(() => import('./NewPlanPage'), 'NewPlanPage'),
});

export const plansRoutes = [plans, plan, newPlan] as const;
