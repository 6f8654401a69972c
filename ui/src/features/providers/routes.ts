import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '@/components/routing/root';
import { textOf, type SearchInput } from '@/components/routing/search';

const providers = createRoute({
  getParentRoute: () => shellRoute,
  path: 'providers',
  validateSearch: (search: SearchInput): { q?: string; category?: string } => ({ q: textOf(search, 'q'), category: textOf(search, 'category') }),
  component: lazyRouteComponent(() => import('./ProvidersPage'), 'ProvidersPage'),
});

const provider = createRoute({
  getParentRoute: () => shellRoute,
  path: 'providers/$provider',
  validateSearch: (search: SearchInput): { action?: string } => ({ action: textOf(search, 'action') }),
  component: lazyRouteComponent(() => import('./ProviderPage'), 'ProviderPage'),
});

export const providersRoutes = [providers, provider] as const;
