import { createRouter } from '@tanstack/react-router';
import { rootRoute, shellRoute } from '@/components/routing/root';
import { BrokenPage } from './BrokenPage';
import { FocusKeeper } from './focus';
import { NotFoundPage } from './NotFoundPage';
import { routeTree } from './routes';
import { Shell } from './Shell';

shellRoute.update({ component: Shell });
rootRoute.update({ notFoundComponent: NotFoundPage });

export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  defaultPreloadDelay: 60,
  defaultErrorComponent: BrokenPage,
  defaultNotFoundComponent: NotFoundPage,
  scrollRestoration: true,
});

const focus = new FocusKeeper();
focus.start();
router.subscribe('onBeforeNavigate', ({ pathChanged, fromLocation }) => { if (pathChanged && fromLocation !== undefined) focus.depart(); });
router.subscribe('onRendered', ({ pathChanged, fromLocation }) => { if (pathChanged && fromLocation !== undefined) focus.arrive(); });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
