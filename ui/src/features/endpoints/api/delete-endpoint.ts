import { answerOf, hub } from '@/api/client';

/** Its files stay. */
export const deleteEndpoint = (name: string) => answerOf(hub.DELETE('/api/endpoints/{name}', { params: { path: { name } } }));
