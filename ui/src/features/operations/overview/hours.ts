import type { OverviewHour } from '@/api/overview';

export interface HourPoint {
  /** "14:00", in the reader's zone. */
  label: string;
  succeeded: number;
  failed: number;
  cancelled: number;
  open: number;
  bytes: number;
  files: number;
}

/** What a chart and its table show of each hour. */
export const pointsOf = (hours: readonly OverviewHour[]): HourPoint[] => hours.map(hour => {
  const { total = 0, failed = 0, cancelled = 0, open = 0, bytes = 0, files = 0 } = hour;
  const at = new Date(hour.at);
  return {
    label: `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`,
    // Counted at slightly different moments: what came to its end in between makes no negative bar.
    succeeded: Math.max(0, total - failed - cancelled - open), failed, cancelled, open, bytes, files,
  };
});
