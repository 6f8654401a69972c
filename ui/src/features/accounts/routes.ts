import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '@/components/routing/root';

const people = createRoute({
  getParentRoute: () => shellRoute,
  path: 'people',
  component: lazyRouteComponent(() => import('./PeoplePage'), 'PeoplePage'),
});

export const accountsRoutes = [people] as const;
