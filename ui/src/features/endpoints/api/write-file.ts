import { problemFrom, UnreachableError } from '@/api/problem';
import { workspace } from '@/api/workspace';
import type { Place } from '../files/paths';

interface Upload {
  place: Place;
  file: File;
  overwrite: boolean;
  onProgress: (bytes: number) => void;
  signal: AbortSignal;
}

/** Sends a file as it is read from disk. fetch does not tell how much of a body has gone, which is why this is the older way. */
export function writeFile({ place: { endpoint, path }, file, overwrite, onProgress, signal }: Upload): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const query = new URLSearchParams({ path, overwrite: String(overwrite) });
    if (file.lastModified > 0) query.set('modified_at', new Date(file.lastModified).toISOString());
    request.open('PUT', `/api/endpoints/${encodeURIComponent(endpoint)}/files/content?${query}`);
    request.setRequestHeader('Gantry-Csrf', '1');
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    const id = workspace();
    if (id !== null) request.setRequestHeader('Gantry-Workspace', id);
    request.upload.onprogress = event => onProgress(event.loaded);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve();
      else reject(problemFrom(request.status, bodyOf(request.responseText)));
    };
    request.onerror = () => reject(new UnreachableError());
    request.onabort = () => reject(new DOMException('The upload was stopped.', 'AbortError'));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    if (signal.aborted) reject(new DOMException('The upload was stopped.', 'AbortError'));
    else request.send(file);
  });
}

function bodyOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
