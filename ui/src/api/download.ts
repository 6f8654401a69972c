import { ask } from './client';
import { problemFrom } from './problem';

/** Fetches a file as the person in the present workspace, which a plain link could not say, and gives it to the browser to be saved. */
export async function download(path: string, name: string): Promise<void> {
  const response = await ask(new Request(path, { cache: 'no-store' }));
  if (!response.ok) throw problemFrom(response.status, await response.json().catch(() => null));
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
