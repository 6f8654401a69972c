import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from '@/api/client';

export type Member = Shape<'Member'>;
export type User = Shape<'User'>;
export type Workspace = Shape<'Workspace'>;

const limit = '200';

/** Who belongs to the workspace, page by page. */
export const membersQuery = infiniteQueryOptions({
  queryKey: ['members', 'list'],
  queryFn: ({ pageParam, signal }) => answerOf(hub.GET('/api/members', { signal, params: { query: { limit, after: pageParam ?? undefined } } })),
  initialPageParam: null as string | null,
  getNextPageParam: page => page.next ?? undefined,
});

/** The users that one may see, page by page. */
export const usersQuery = infiniteQueryOptions({
  queryKey: ['users', 'list'],
  queryFn: ({ pageParam, signal }) => answerOf(hub.GET('/api/users', { signal, params: { query: { limit, after: pageParam ?? undefined } } })),
  initialPageParam: null as string | null,
  getNextPageParam: page => page.next ?? undefined,
});

export const workspacesQuery = queryOptions({
  queryKey: ['workspaces', 'list'],
  queryFn: async ({ signal }) => (await answerOf(hub.GET('/api/workspaces', { signal, params: { query: { limit: '500' } } }))).items,
});
