import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '@/components/routing/root';

const schedules = createRoute({
  getParentRoute: () => shellRoute,
  path: 'schedules',
  component: lazyRouteComponent(() => import('./SchedulesPage'), 'SchedulesPage'),
});

const events = createRoute({
  getParentRoute: () => shellRoute,
  path: 'events',
  component: lazyRouteComponent(() => import('./EventsPage'), 'EventsPage'),
});

export const triggersRoutes = [schedules, events] as const;
