import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from '@/api/client';
import type { Credential } from './credentials';

export type CredentialUse = Shape<'CredentialUse'>;

/** What names it: what stops when it goes. */
export const credentialUsesQuery = ({ name, scope }: Pick<Credential, 'name' | 'scope'>) => queryOptions({
  queryKey: ['credentials', 'uses', scope, name],
  queryFn: ({ signal }) => answerOf(hub.GET('/api/credentials/{name}/uses', { signal, params: { path: { name }, query: { scope } } })),
});
