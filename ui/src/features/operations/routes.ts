import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '@/components/routing/root';

const overview = createRoute({
  getParentRoute: () => shellRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./OverviewPage'), 'OverviewPage'),
});

const logs = createRoute({
  getParentRoute: () => shellRoute,
  path: 'logs',
  component: lazyRouteComponent(() => import('./LogsPage'), 'LogsPage'),
});

const settings = createRoute({
  getParentRoute: () => shellRoute,
  path: 'settings',
  component: lazyRouteComponent(() => import('./SettingsPage'), 'SettingsPage'),
});

export const operationsRoutes = [overview, logs, settings] as const;
