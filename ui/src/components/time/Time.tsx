import { useNow } from './clock';
import { durationText, exactText, relativeText } from './words';

/** How long ago, or how soon; the exact time in the reader's zone on hover. */
export function Time({ value, empty = '–' }: { value: string | null | undefined; empty?: string }) {
  const now = useNow();
  if (value == null) return <span>{empty}</span>;
  return <time dateTime={value} title={exactText(value)}>{relativeText(Date.parse(value), now)}</time>;
}

/** How long something took; counts on while it has no end. */
export function Duration({ from, to }: { from: string | null | undefined; to: string | null | undefined }) {
  const now = useNow();
  if (from == null) return <span>–</span>;
  const milliseconds = (to == null ? now : Date.parse(to)) - Date.parse(from);
  // What still runs is not counted in tenths: the clock ticks once a second.
  return <span title={`From ${exactText(from)}${to == null ? '' : ` to ${exactText(to)}`}`}>{durationText(to == null ? Math.floor(milliseconds / 1_000) * 1_000 : milliseconds)}</span>;
}
