import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '@/components/routing/root';
import { oneOf, type SearchInput } from '@/components/routing/search';
import { peopleTabs } from './tabs';

const people = createRoute({
  getParentRoute: () => shellRoute,
  path: 'people',
  validateSearch: (search: SearchInput): { tab?: (typeof peopleTabs)[number] } => ({ tab: oneOf(search, 'tab', peopleTabs) }),
  component: lazyRouteComponent(() => import('./PeoplePage'), 'PeoplePage'),
});

export const accountsRoutes = [people] as const;
