import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '@/components/routing/root';

const transfers = createRoute({
  getParentRoute: () => shellRoute,
  path: 'transfers',
  component: lazyRouteComponent(() => import('./TransfersPage'), 'TransfersPage'),
});

const transfer = createRoute({
  getParentRoute: () => shellRoute,
  path: 'transfers/$transfer',
  component: lazyRouteComponent(() => import('./TransferPage'), 'TransferPage'),
});

const templates = createRoute({
  getParentRoute: () => shellRoute,
  path: 'templates',
  component: lazyRouteComponent(() => import('./TemplatesPage'), 'TemplatesPage'),
});

const template = createRoute({
  getParentRoute: () => shellRoute,
  path: 'templates/$template',
  component: lazyRouteComponent(() => import('./TemplatePage'), 'TemplatePage'),
});

export const transfersRoutes = [transfers, transfer, templates, template] as const;
