/** The states of events, those that ask for somebody first. */
export const statuses = ['dead', 'failed', 'alert', 'pending', 'accepted', 'filtered', 'duplicate'] as const;

export type EventStatus = (typeof statuses)[number];

export const kinds = ['schedule', 'webhook', 'files', 's3_events', 'execution'] as const;

export const kindWords: Record<string, string> = { schedule: 'Schedule', webhook: 'Webhook', files: 'Files', s3_events: 'S3 events', execution: "Another execution's end" };

/** Those that can be tried again. */
export const canReplay = (status: string): boolean => ['dead', 'failed', 'accepted', 'filtered'].includes(status);

/** What a state means, and what becomes of it. */
export function meaningOf(status: string): string {
  switch (status) {
    case 'pending': return 'It is on record and about to be tried.';
    case 'accepted': return 'It started an execution.';
    case 'duplicate': return 'It was seen before, and started nothing.';
    case 'filtered': return 'The trigger leaves such alone.';
    case 'failed': return 'The plan could not be started. It is tried again by itself.';
    case 'dead': return 'The plan could not be started, and it is not tried again by itself.';
    case 'alert': return 'Something that was expected did not come.';
    default: return '';
  }
}

interface Payload {
  /** One value each. */
  facts: [string, string][];
  headers: [string, string][];
  body: unknown;
}

const hidden = new Set(['kind', 'trigger_id', 'event_id', 'headers', 'body']);

/** What a trigger saw, in the parts that a person looks for. */
export function payloadOf(trigger: unknown): Payload {
  if (typeof trigger !== 'object' || trigger === null) return { facts: [], headers: [], body: undefined };
  const members = trigger as Record<string, unknown>;
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  const headers = typeof members.headers === 'object' && members.headers !== null ? Object.entries(members.headers) : [];
  return {
    facts: Object.entries(members).filter(([name, value]) => !hidden.has(name) && value !== null && JSON.stringify(value) !== '{}').map(([name, value]) => [name.replaceAll('_', ' '), text(value)]),
    headers: headers.map(([name, value]) => [name, text(value)]),
    body: members.body,
  };
}
