import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub } from '@/api/client';

/** What plans and endpoints of the workspace may reach besides the public internet. */
export const egressQuery = queryOptions({ queryKey: ['egress'], queryFn: async ({ signal }) => (await answerOf(hub.GET('/api/egress-rules', { signal }))).rules });

export const setEgress = (rules: string[]) => answerOf(hub.PUT('/api/egress-rules', { body: { rules } }));
