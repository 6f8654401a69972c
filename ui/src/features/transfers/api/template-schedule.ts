import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from '@/api/client';
import { problemFrom } from '@/api/problem';

export type Trigger = Shape<'TriggerView'>;

/** What starts a template by itself. */
export const templateTriggersQuery = (plan: string) => queryOptions({
  queryKey: ['triggers', 'plan', plan],
  queryFn: async ({ signal }) => (await answerOf(hub.GET('/api/triggers', { signal, params: { query: { plan } } }))).items,
});

/** Sets the schedule beside the template: its versions stay as they are. */
export async function scheduleTemplate(plan: string, cron: string, zone: string): Promise<void> {
  const { error, response } = await hub.POST('/api/plans/{plan}/schedule', { params: { path: { plan } }, body: { cron, zone } as never });
  if (!response.ok) throw problemFrom(response.status, error);
}

export async function unscheduleTemplate(plan: string): Promise<void> {
  const { error, response } = await hub.POST('/api/plans/{plan}/unschedule', { params: { path: { plan } } });
  if (!response.ok) throw problemFrom(response.status, error);
}
