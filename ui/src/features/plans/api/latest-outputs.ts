import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub } from '@/api/client';

/** What the plan's latest execution was given, and what each of its steps answered, by the steps' paths; null when it never ran. */
export const latestOutputsQuery = (plan: string) => queryOptions({
  queryKey: ['executions', 'outputs', plan],
  queryFn: async ({ signal }) => {
    const { items } = await answerOf(hub.GET('/api/executions', { signal, params: { query: { plan, limit: '1' } } }));
    if (items[0] === undefined) return null;
    const execution = await answerOf(hub.GET('/api/executions/{id}', { signal, params: { path: { id: items[0].id } } }));
    return {
      inputs: execution.inputs,
      outputs: new Map((execution.steps ?? []).filter(step => step.status === 'succeeded' && step.output_url == null).map(step => [step.step, step.output])),
    };
  },
  staleTime: 30_000,
});
