import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '@/components/routing/root';
import { oneOf, textOf, type SearchInput } from '@/components/routing/search';
import { soon } from '@/api/soon';
import { levels } from '@/components/log/log-buffer';
import { executionsQuery } from './api/list-executions';
import { statuses } from './list/statuses';

const periods = ['1d', '7d', '30d'] as const;

const executions = createRoute({
  getParentRoute: () => shellRoute,
  path: 'executions',
  validateSearch: (search: SearchInput): { status?: (typeof statuses)[number]; plan?: string; period?: (typeof periods)[number] } =>
    ({ status: oneOf(search, 'status', statuses), plan: textOf(search, 'plan'), period: oneOf(search, 'period', periods) }),
  // The rows come while the page's script does.
  loaderDeps: ({ search }) => search,
  loader: ({ cause, deps }) => soon(cause, executionsQuery(deps)),
  component: lazyRouteComponent(() => import('./ExecutionsPage'), 'ExecutionsPage'),
});

const tabs = ['steps', 'log', 'data'] as const;

const execution = createRoute({
  getParentRoute: () => shellRoute,
  path: 'executions/$execution',
  validateSearch: (search: SearchInput): { tab?: (typeof tabs)[number]; step?: string; level?: (typeof levels)[number]; q?: string } => ({
    tab: oneOf(search, 'tab', tabs), step: textOf(search, 'step'), level: oneOf(search, 'level', levels), q: textOf(search, 'q'),
  }),
  component: lazyRouteComponent(() => import('./ExecutionPage'), 'ExecutionPage'),
});

export const executionsRoutes = [executions, execution] as const;
