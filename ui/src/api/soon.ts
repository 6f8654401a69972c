import { queryClient } from './query-client';

const patienceMilliseconds = 150;

type Rows = Parameters<typeof queryClient.prefetchInfiniteQuery>[0];

/**
 * Asks for the rows of a page that is opened, and waits a moment for them: drawn once with them, it stands sooner than without them and then again.
 * Rows that were there before are shown at once, until the new ones are. What takes longer, a filter that changes or a page that is only thought of waits for nothing.
 */
export async function soon(cause: 'enter' | 'stay' | 'preload', query: Pick<Rows, 'queryKey'>): Promise<void> {
  const hasSome = queryClient.getQueryData(query.queryKey) !== undefined;
  const rows = queryClient.prefetchInfiniteQuery(query as Rows);
  if (cause !== 'enter' || hasSome) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  await Promise.race([rows, new Promise(resolve => { timer = setTimeout(resolve, patienceMilliseconds); })]);
  clearTimeout(timer);
}
