import { infiniteQueryOptions } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from '@/api/client';

export type Credential = Shape<'CredentialView'>;
export type Scope = Shape<'CredentialScope'>;

const limit = '200';

/** One's own credentials and the workspace's by name, page by page; never with values. */
export const credentialsQuery = (scope?: Scope) => infiniteQueryOptions({
  queryKey: ['credentials', 'list', scope],
  queryFn: ({ pageParam, signal }) => answerOf(hub.GET('/api/credentials', { signal, params: { query: { scope, limit, after: pageParam ?? undefined } } })),
  initialPageParam: null as string | null,
  getNextPageParam: page => page.next ?? undefined,
});
