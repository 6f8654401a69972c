import { answerOf, hub } from '@/api/client';

export interface EndpointDraft {
  name: string;
  kind: string;
  settings: Record<string, unknown>;
  limits?: Record<string, unknown>;
}

/** Under a name that is still free. */
export const addEndpoint = ({ name, kind, settings, limits }: EndpointDraft) => answerOf(hub.POST('/api/endpoints', { body: { name, kind, settings, limits } }));

/** In place of the settings that it has. */
export const putEndpoint = ({ name, kind, settings, limits }: EndpointDraft) =>
  answerOf(hub.PUT('/api/endpoints/{name}', { params: { path: { name } }, body: { kind, settings, limits } }));

/** Some of its settings and limits; null takes one away. */
export const changeEndpoint = (name: string, changes: { settings?: Record<string, unknown>; limits?: Record<string, unknown> }) =>
  answerOf(hub.PATCH('/api/endpoints/{name}', { params: { path: { name } }, body: changes }));
