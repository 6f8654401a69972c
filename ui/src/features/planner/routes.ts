import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '@/components/routing/root';
import { textOf, type SearchInput } from '@/components/routing/search';

const describe = createRoute({
  getParentRoute: () => shellRoute,
  path: 'describe-plan',
  validateSearch: (search: SearchInput): { draft?: string } => ({ draft: textOf(search, 'draft') }),
  component: lazyRouteComponent(() => import('./DescribePage'), 'DescribePage'),
});

export const plannerRoutes = [describe] as const;
