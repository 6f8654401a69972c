import { createRoute } from '@tanstack/react-router';
import { rootRoute } from '@/components/routing/root';
import { textOf, type SearchInput } from '@/components/routing/search';
import { SignInPage } from './SignInPage';

/** Outside of the shell: nobody is signed in yet. */
export const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: 'sign-in',
  validateSearch: (search: SearchInput): { next?: string } => ({ next: ownAddress(textOf(search, 'next')) }),
  component: SignInPage,
});

/** Only addresses of this hub: a link to the sign-in must not lead elsewhere afterwards. */
function ownAddress(address: string | undefined): string | undefined {
  return address !== undefined && /^\/(?![/\\])/.test(address) ? address : undefined;
}
