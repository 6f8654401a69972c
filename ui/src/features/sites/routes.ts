import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '@/components/routing/root';

const sites = createRoute({
  getParentRoute: () => shellRoute,
  path: 'sites',
  component: lazyRouteComponent(() => import('./SitesPage'), 'SitesPage'),
});

export const sitesRoutes = [sites] as const;
