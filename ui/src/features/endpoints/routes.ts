import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '@/components/routing/root';
import { oneOf, textOf, type SearchInput } from '@/components/routing/search';
import { orders, type Order } from './files/listing';

interface FilesSearch {
  left?: string;
  right?: string;
  leftSort?: Order;
  rightSort?: Order;
  leftFilter?: string;
  rightFilter?: string;
  /** The pane that was used last; the left one if not said. */
  side?: 'left' | 'right';
}

const files = createRoute({
  getParentRoute: () => shellRoute,
  path: 'files',
  validateSearch: (search: SearchInput): FilesSearch => ({
    left: textOf(search, 'left'), right: textOf(search, 'right'), leftSort: oneOf(search, 'leftSort', orders), rightSort: oneOf(search, 'rightSort', orders),
    leftFilter: textOf(search, 'leftFilter'), rightFilter: textOf(search, 'rightFilter'), side: oneOf(search, 'side', ['left', 'right'] as const),
  }),
  component: lazyRouteComponent(() => import('./FilesPage'), 'FilesPage'),
});

const endpoints = createRoute({
  getParentRoute: () => shellRoute,
  path: 'endpoints',
  validateSearch: (search: SearchInput): { q?: string; new?: string } => ({ q: textOf(search, 'q'), new: textOf(search, 'new') }),
  component: lazyRouteComponent(() => import('./EndpointsPage'), 'EndpointsPage'),
});

const tabs = ['settings', 'limits'] as const;

const endpoint = createRoute({
  getParentRoute: () => shellRoute,
  path: 'endpoints/$endpoint',
  validateSearch: (search: SearchInput): { tab?: (typeof tabs)[number] } => ({ tab: oneOf(search, 'tab', tabs) }),
  component: lazyRouteComponent(() => import('./EndpointPage'), 'EndpointPage'),
});

export const endpointsRoutes = [files, endpoints, endpoint] as const;
