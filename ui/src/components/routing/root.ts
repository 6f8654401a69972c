import { createRootRoute, createRoute } from '@tanstack/react-router';

/** Everything; `app` gives it its components. */
export const rootRoute = createRootRoute();

/** What is behind the sign-in, within the navigation. Features hang their pages here. */
export const shellRoute = createRoute({ getParentRoute: () => rootRoute, id: 'shell' });
