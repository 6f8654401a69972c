import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from '@/api/client';
import { problemFrom } from '@/api/problem';

export type Notification = Shape<'NotificationView'>;
export type NotifyRule = Shape<'NotifyItem'>;

const limit = '60';

/** What was told, the newest first, page by page. */
export const notificationsQuery = (status?: string) => infiniteQueryOptions({
  queryKey: ['notifications', 'list', status],
  queryFn: ({ pageParam, signal }) => answerOf(hub.GET('/api/notifications', { signal, params: { query: { status, limit, after: pageParam ?? undefined } } })),
  initialPageParam: null as string | null,
  getNextPageParam: page => page.next ?? undefined,
});

/** Who is told of the ends of plans that say nothing; null when nobody is. */
export const notifyQuery = queryOptions({ queryKey: ['notifications', 'default'], queryFn: async ({ signal }) => (await answerOf(hub.GET('/api/notification-default', { signal }))).notify ?? null });

/** None: nobody is told any more. */
export async function setNotify(rules: NotifyRule[]): Promise<void> {
  const { error, response } = rules.length === 0 ? await hub.DELETE('/api/notification-default') : await hub.PUT('/api/notification-default', { body: { notify: rules } as never });
  if (!response.ok) throw problemFrom(response.status, error);
}

/** Performs the action by itself, with a text that says that it is a test. Answers the execution at its end. */
export const testNotify = (use: string, parameters: Record<string, unknown>) =>
  answerOf(hub.POST('/api/plans/test-step', { params: { query: { wait: '60s' } }, body: { step: { use, with: parameters } } as never }));

/** What an action takes. */
export const actionQuery = (use: string) => {
  const [provider = '', action = ''] = use.split('.');
  return queryOptions({
    queryKey: ['providers', provider, 'actions'],
    queryFn: async ({ signal }) => (await answerOf(hub.GET('/api/providers/{id}/actions', { signal, params: { path: { id: provider } } }))).items,
    select: actions => actions.find(each => each.id === action)?.parameters ?? [],
    staleTime: Infinity,
  });
};
