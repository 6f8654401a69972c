import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '@/components/routing/root';

const providers = createRoute({
  getParentRoute: () => shellRoute,
  path: 'providers',
  component: lazyRouteComponent(() => import('./ProvidersPage'), 'ProvidersPage'),
});

const provider = createRoute({
  getParentRoute: () => shellRoute,
  path: 'providers/$provider',
  component: lazyRouteComponent(() => import('./ProviderPage'), 'ProviderPage'),
});

export const providersRoutes = [providers, provider] as const;
