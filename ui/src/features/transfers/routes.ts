import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '@/components/routing/root';
import { oneOf, textOf, type SearchInput } from '@/components/routing/search';
import { soon } from '@/api/soon';
import { transfersQuery } from './api/list-transfers';

const statuses = ['running', 'queued', 'waiting', 'succeeded', 'failed', 'cancelled'] as const;
const periods = ['1d', '7d', '30d'] as const;
const results = ['copied', 'skipped', 'deleted', 'failed'] as const;

const transfers = createRoute({
  getParentRoute: () => shellRoute,
  path: 'transfers',
  validateSearch: (search: SearchInput): { q?: string; status?: (typeof statuses)[number]; endpoint?: string; template?: string; retry_of?: string; period?: (typeof periods)[number] } => ({
    q: textOf(search, 'q'), status: oneOf(search, 'status', statuses), endpoint: textOf(search, 'endpoint'), template: textOf(search, 'template'), retry_of: textOf(search, 'retry_of'),
    period: oneOf(search, 'period', periods),
  }),
  // The rows come while the page's script does.
  loaderDeps: ({ search }) => search,
  loader: ({ cause, deps }) => soon(cause, transfersQuery(deps)),
  component: lazyRouteComponent(() => import('./TransfersPage'), 'TransfersPage'),
});

const newTransfer = createRoute({
  getParentRoute: () => shellRoute,
  path: 'transfers/new',
  // `like` is a transfer whose settings are taken over; the others begin a new one.
  validateSearch: (search: SearchInput): { like?: string; from?: string; to?: string; mode?: 'copy' | 'sync' | 'move' } =>
    ({ like: textOf(search, 'like'), from: textOf(search, 'from'), to: textOf(search, 'to'), mode: oneOf(search, 'mode', ['copy', 'sync', 'move'] as const) }),
  component: lazyRouteComponent(() => import('./NewTransferPage'), 'NewTransferPage'),
});

const transfer = createRoute({
  getParentRoute: () => shellRoute,
  path: 'transfers/$transfer',
  validateSearch: (search: SearchInput): { tab?: 'settings'; result?: (typeof results)[number]; q?: string; step?: string } =>
    ({ tab: oneOf(search, 'tab', ['settings'] as const), result: oneOf(search, 'result', results), q: textOf(search, 'q'), step: textOf(search, 'step') }),
  component: lazyRouteComponent(() => import('./TransferPage'), 'TransferPage'),
});

const templates = createRoute({
  getParentRoute: () => shellRoute,
  path: 'templates',
  validateSearch: (search: SearchInput): { q?: string } => ({ q: textOf(search, 'q') }),
  component: lazyRouteComponent(() => import('./TemplatesPage'), 'TemplatesPage'),
});

const newTemplate = createRoute({
  getParentRoute: () => shellRoute,
  path: 'templates/new',
  validateSearch: (search: SearchInput): { like?: string } => ({ like: textOf(search, 'like') }),
  component: lazyRouteComponent(() => import('./TemplatePage'), 'NewTemplatePage'),
});

const template = createRoute({
  getParentRoute: () => shellRoute,
  path: 'templates/$template',
  component: lazyRouteComponent(() => import('./TemplatePage'), 'TemplatePage'),
});

export const transfersRoutes = [transfers, newTransfer, transfer, templates, newTemplate, template] as const;
