const patienceMilliseconds = 150;

/**
 * Waits a moment for the rows of a page that is opened: drawn once with them, it stands sooner than without them and then again.
 * What takes longer, a filter that changes or a page that is only thought of waits for nothing.
 */
export async function soon(cause: 'enter' | 'stay' | 'preload', rows: Promise<unknown>): Promise<void> {
  if (cause !== 'enter') return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  await Promise.race([rows, new Promise(resolve => { timer = setTimeout(resolve, patienceMilliseconds); })]);
  clearTimeout(timer);
}
