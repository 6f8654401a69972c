import { ask } from '@/api/client';
import { problemFrom } from '@/api/problem';
import { LineReader, type FileEntry, type Listing } from '../files/listing';
import type { Place } from '../files/paths';

const tellEveryMilliseconds = 250;

/** Reads a folder while the hub lists it; what is here so far is told four times a second. */
export async function listFolder({ endpoint, path }: Place, signal: AbortSignal, onPart: (listing: Listing) => void): Promise<Listing> {
  const url = `/api/endpoints/${encodeURIComponent(endpoint)}/files?${new URLSearchParams({ path })}`;
  const response = await ask(new Request(url, { signal, headers: { Accept: 'application/x-ndjson' } }));
  if (!response.ok || response.body === null) throw problemFrom(response.status, await response.json().catch(() => null));
  const lines = new LineReader();
  const entries: FileEntry[] = [];
  let hasMore = false;
  let toldAt = performance.now();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const part = lines.push(value);
    for (const entry of part.entries) entries.push(entry);
    hasMore ||= part.hasMore;
    if (performance.now() - toldAt < tellEveryMilliseconds) continue;
    toldAt = performance.now();
    onPart({ entries: [...entries], isWhole: false, hasMore });
  }
  return { entries, isWhole: true, hasMore };
}
