import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '@/components/routing/root';

const files = createRoute({
  getParentRoute: () => shellRoute,
  path: 'files',
  component: lazyRouteComponent(() => import('./FilesPage'), 'FilesPage'),
});

const endpoints = createRoute({
  getParentRoute: () => shellRoute,
  path: 'endpoints',
  component: lazyRouteComponent(() => import('./EndpointsPage'), 'EndpointsPage'),
});

const endpoint = createRoute({
  getParentRoute: () => shellRoute,
  path: 'endpoints/$endpoint',
  component: lazyRouteComponent(() => import('./EndpointPage'), 'EndpointPage'),
});

export const endpointsRoutes = [files, endpoints, endpoint] as const;
