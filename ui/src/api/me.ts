import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from './client';

/** Who is signed in, and in which workspaces as what. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => answerOf(hub.GET('/api/me', { signal })),
  staleTime: 60_000,
});

export type Me = Shape<'Me'>;

const roles = ['viewer', 'operator', 'editor', 'owner'] as const;
export type Role = (typeof roles)[number];

/** Whether someone may do what needs this role. The hub decides; pages only do not offer what it would refuse. */
export const may = (me: Me | undefined, role: Role): boolean => me?.role != null && roles.indexOf(me.role) >= roles.indexOf(role);
