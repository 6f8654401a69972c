import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '@/components/routing/root';
import { oneOf, textOf, type SearchInput } from '@/components/routing/search';

const audit = createRoute({
  getParentRoute: () => shellRoute,
  path: 'audit',
  validateSearch: (search: SearchInput): { action?: string; user?: string; target?: string; address?: string; period?: '1d' | '7d' | '30d' } => ({
    action: textOf(search, 'action'), user: textOf(search, 'user'), target: textOf(search, 'target'), address: textOf(search, 'address'), period: oneOf(search, 'period', ['1d', '7d', '30d'] as const),
  }),
  component: lazyRouteComponent(() => import('./AuditPage'), 'AuditPage'),
});

export const auditRoutes = [audit] as const;
