import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '@/components/routing/root';

const credentials = createRoute({
  getParentRoute: () => shellRoute,
  path: 'credentials',
  component: lazyRouteComponent(() => import('./CredentialsPage'), 'CredentialsPage'),
});

export const vaultRoutes = [credentials] as const;
