import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '@/components/routing/root';
import { oneOf, textOf, type SearchInput } from '@/components/routing/search';
import { kinds, statuses } from './events/words';
import { spans, type Span } from './schedules/calendar';

interface ScheduleSearch {
  view?: 'list' | 'broken';
  span?: Span;
  /** A day of what the calendar shows: "2026-11-21". */
  on?: string;
  q?: string;
  /** The one that is looked at, by its id. */
  schedule?: string;
}

const schedules = createRoute({
  getParentRoute: () => shellRoute,
  path: 'schedules',
  validateSearch: (search: SearchInput): ScheduleSearch => ({
    view: oneOf(search, 'view', ['list', 'broken']), span: oneOf(search, 'span', spans), on: textOf(search, 'on'), q: textOf(search, 'q'), schedule: textOf(search, 'schedule'),
  }),
  component: lazyRouteComponent(() => import('./SchedulesPage'), 'SchedulesPage'),
});

interface EventSearch {
  status?: (typeof statuses)[number];
  kind?: (typeof kinds)[number];
  plan?: string;
  q?: string;
  /** The one that is looked at, by its id. */
  event?: string;
}

const events = createRoute({
  getParentRoute: () => shellRoute,
  path: 'events',
  validateSearch: (search: SearchInput): EventSearch => ({
    status: oneOf(search, 'status', statuses), kind: oneOf(search, 'kind', kinds), plan: textOf(search, 'plan'), q: textOf(search, 'q'), event: textOf(search, 'event'),
  }),
  component: lazyRouteComponent(() => import('./EventsPage'), 'EventsPage'),
});

export const triggersRoutes = [schedules, events] as const;
