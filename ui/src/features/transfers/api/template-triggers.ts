import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from '@/api/client';
import { problemFrom } from '@/api/problem';

export type Trigger = Shape<'TriggerView'>;

/** What starts a template by itself. */
export const templateTriggersQuery = (plan: string) => queryOptions({
  queryKey: ['triggers', 'plan', plan],
  queryFn: async ({ signal }) => (await answerOf(hub.GET('/api/triggers', { signal, params: { query: { plan } } }))).items,
});

/** Sets what starts it beside the template: its versions stay as they are. Of each kind there is one. */
export async function setTrigger(plan: string, trigger: object): Promise<void> {
  const { error, response } = await hub.POST('/api/plans/{plan}/triggers', { params: { path: { plan } }, body: trigger as never });
  if (!response.ok) throw problemFrom(response.status, error);
}

export async function removeTrigger(trigger: string): Promise<void> {
  const { error, response } = await hub.DELETE('/api/triggers/{trigger}', { params: { path: { trigger } } });
  if (!response.ok) throw problemFrom(response.status, error);
}
