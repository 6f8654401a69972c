import { answerOf, hub } from '@/api/client';

const at = (name: string) => ({ params: { path: { name } } });

export const createFolder = (endpoint: string, path: string) => answerOf(hub.POST('/api/endpoints/{name}/files/folders', { ...at(endpoint), body: { path } }));

export const renameFile = (endpoint: string, from: string, to: string) => answerOf(hub.POST('/api/endpoints/{name}/files/rename', { ...at(endpoint), body: { from, to } }));

/** With all that is in folders. */
export const countFiles = (endpoint: string, paths: string[], signal?: AbortSignal) => answerOf(hub.POST('/api/endpoints/{name}/files/count', { ...at(endpoint), body: { paths }, signal }));

export const deleteFiles = (endpoint: string, paths: string[]) => answerOf(hub.POST('/api/endpoints/{name}/files/delete', { ...at(endpoint), body: { paths, recursive: true } }));
