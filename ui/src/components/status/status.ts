/** How a state looks everywhere: a tone, a shape and a word. Colour alone never says it. */
export type Tone = 'good' | 'bad' | 'warn' | 'live' | 'quiet';

export type StatusShape = 'check' | 'cross' | 'ring' | 'clock' | 'dots' | 'slash' | 'skip' | 'question' | 'pause' | 'bolt';

export interface StatusLook {
  label: string;
  tone: Tone;
  shape: StatusShape;
}

const looks: Record<string, StatusLook> = {
  queued: { label: 'Queued', tone: 'quiet', shape: 'dots' },
  running: { label: 'Running', tone: 'live', shape: 'ring' },
  waiting: { label: 'Waiting', tone: 'warn', shape: 'clock' },
  succeeded: { label: 'Succeeded', tone: 'good', shape: 'check' },
  failed: { label: 'Failed', tone: 'bad', shape: 'cross' },
  cancelled: { label: 'Cancelled', tone: 'quiet', shape: 'slash' },
  skipped: { label: 'Skipped', tone: 'quiet', shape: 'skip' },
  may_have_run: { label: 'May have run', tone: 'warn', shape: 'question' },
  active: { label: 'Active', tone: 'good', shape: 'check' },
  paused: { label: 'Paused', tone: 'quiet', shape: 'pause' },
  broken: { label: 'Broken', tone: 'bad', shape: 'bolt' },
  accepted: { label: 'Accepted', tone: 'good', shape: 'check' },
  duplicate: { label: 'Duplicate', tone: 'quiet', shape: 'skip' },
  filtered: { label: 'Filtered', tone: 'quiet', shape: 'slash' },
  dead: { label: 'Dead', tone: 'bad', shape: 'bolt' },
  copied: { label: 'Copied', tone: 'good', shape: 'check' },
  deleted: { label: 'Deleted', tone: 'warn', shape: 'slash' },
  to_copy: { label: 'Copy', tone: 'good', shape: 'check' },
  to_delete: { label: 'Delete', tone: 'bad', shape: 'slash' },
  disabled: { label: 'Disabled', tone: 'bad', shape: 'slash' },
  revoked: { label: 'Revoked', tone: 'quiet', shape: 'slash' },
  expired: { label: 'Expired', tone: 'warn', shape: 'clock' },
  pending: { label: 'Pending', tone: 'quiet', shape: 'dots' },
  sending: { label: 'Sending', tone: 'live', shape: 'ring' },
  sent: { label: 'Sent', tone: 'good', shape: 'check' },
  suppressed: { label: 'Kept back', tone: 'quiet', shape: 'pause' },
  noted: { label: 'Noted', tone: 'quiet', shape: 'dots' },
  ok: { label: 'OK', tone: 'good', shape: 'check' },
};

/** A state that nobody has drawn yet is shown by its own name. */
export const lookOf = (status: string): StatusLook =>
  looks[status] ?? { label: status.charAt(0).toUpperCase() + status.slice(1).replaceAll('_', ' '), tone: 'quiet', shape: 'dots' };
