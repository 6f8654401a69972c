import type { Shape } from '@/api/client';
import { durationText } from '@/components/time/words';

/** "Attempt 1 failed after 12 s: The server did not answer." */
export function earlierText({ attempt, status, started_at: from, ended_at: to, message, error }: Shape<'Earlier'>): string {
  const how = status === 'may_have_run' ? 'was cut off' : 'failed';
  const after = to == null ? '' : ` after ${durationText(Date.parse(to) - Date.parse(from))}`;
  const why = error?.message ?? message;
  return `Attempt ${attempt} ${how}${after}${why == null ? '.' : `: ${why}`}`;
}
