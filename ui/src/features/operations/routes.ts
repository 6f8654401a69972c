import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { levels } from '@/components/log/log-buffer';
import { shellRoute } from '@/components/routing/root';
import { flagOf, oneOf, textOf, type SearchInput } from '@/components/routing/search';
import { notificationStatuses, settingTabs } from './settings/tabs';

const overview = createRoute({
  getParentRoute: () => shellRoute,
  path: '/',
  // The charts that are shown as tables.
  validateSearch: (search: SearchInput): { executions?: 'table'; moved?: 'table' } => ({ executions: oneOf(search, 'executions', ['table']), moved: oneOf(search, 'moved', ['table']) }),
  component: lazyRouteComponent(() => import('./OverviewPage'), 'OverviewPage'),
});

const logs = createRoute({
  getParentRoute: () => shellRoute,
  path: 'logs',
  validateSearch: (search: SearchInput): { component?: string; level?: (typeof levels)[number]; q?: string } => ({ component: textOf(search, 'component'), level: oneOf(search, 'level', levels), q: textOf(search, 'q') }),
  component: lazyRouteComponent(() => import('./LogsPage'), 'LogsPage'),
});

const settings = createRoute({
  getParentRoute: () => shellRoute,
  path: 'settings',
  validateSearch: (search: SearchInput): { tab?: (typeof settingTabs)[number]; q?: string; given?: true; status?: (typeof notificationStatuses)[number] } => ({
    tab: oneOf(search, 'tab', settingTabs), q: textOf(search, 'q'), given: flagOf(search, 'given'), status: oneOf(search, 'status', notificationStatuses),
  }),
  component: lazyRouteComponent(() => import('./SettingsPage'), 'SettingsPage'),
});

export const operationsRoutes = [overview, logs, settings] as const;
