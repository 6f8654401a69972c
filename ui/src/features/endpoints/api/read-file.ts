import { ask } from '@/api/client';
import { downloadLink } from '@/api/download';
import { problemFrom } from '@/api/problem';
import type { Place } from '../files/paths';

const base = (endpoint: string) => `/api/endpoints/${encodeURIComponent(endpoint)}/files/content`;

/** The beginning of a file, for looking at. */
export async function readFile({ endpoint, path }: Place, bytesMax: number, signal: AbortSignal): Promise<Blob> {
  const response = await ask(new Request(`${base(endpoint)}?${new URLSearchParams({ path, inline: 'true' })}`, { signal, headers: { Range: `bytes=0-${bytesMax - 1}` } }));
  if (response.status === 416) return new Blob([]);
  if (!response.ok) throw problemFrom(response.status, await response.json().catch(() => null));
  return await response.blob();
}

/** Where the browser saves a file from. */
export const fileLink = ({ endpoint, path }: Place): string => downloadLink(base(endpoint), { path });
