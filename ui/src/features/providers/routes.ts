import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '@/components/routing/root';
import { textOf, type SearchInput } from '@/components/routing/search';
import { arrivedWith } from './connect/arrived';

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

const manifest = createRoute({
  getParentRoute: () => shellRoute,
  path: 'providers/$provider/manifest',
  component: lazyRouteComponent(() => import('./ManifestPage'), 'ManifestPage'),
});

const newProvider = createRoute({
  getParentRoute: () => shellRoute,
  path: 'new-provider',
  component: lazyRouteComponent(() => import('./NewProviderPage'), 'NewProviderPage'),
});

const importProvider = createRoute({
  getParentRoute: () => shellRoute,
  path: 'import-provider',
  validateSearch: (search: SearchInput): { id?: string } => ({ id: textOf(search, 'id') }),
  component: lazyRouteComponent(() => import('./ImportPage'), 'ImportPage'),
});

/** Where providers send a person back to. */
const connect = createRoute({
  getParentRoute: () => shellRoute,
  path: 'connect',
  validateSearch: (search: SearchInput): { code?: string; state?: string; error?: string; error_description?: string } => ({
    code: arrivedWith('code') ?? textOf(search, 'code'),
    state: arrivedWith('state') ?? textOf(search, 'state'),
    error: arrivedWith('error') ?? textOf(search, 'error'),
    error_description: arrivedWith('error_description') ?? textOf(search, 'error_description'),
  }),
  component: lazyRouteComponent(() => import('./ConnectPage'), 'ConnectPage'),
});

export const providersRoutes = [providers, provider, manifest, newProvider, importProvider, connect] as const;
