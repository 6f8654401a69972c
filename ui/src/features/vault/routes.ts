import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '@/components/routing/root';
import { oneOf, textOf, type SearchInput } from '@/components/routing/search';

const credentials = createRoute({
  getParentRoute: () => shellRoute,
  path: 'credentials',
  // `open` is the credential that is looked at: "workspace:NAME" or "user:NAME".
  validateSearch: (search: SearchInput): { q?: string; scope?: 'user' | 'workspace'; open?: string; tab?: 'store' } =>
    ({ q: textOf(search, 'q'), scope: oneOf(search, 'scope', ['user', 'workspace'] as const), open: textOf(search, 'open'), tab: oneOf(search, 'tab', ['store'] as const) }),
  component: lazyRouteComponent(() => import('./CredentialsPage'), 'CredentialsPage'),
});

export const vaultRoutes = [credentials] as const;
