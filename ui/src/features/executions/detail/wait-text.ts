import type { Shape } from '@/api/client';

/** "for the event 'deployed'": what one step waits for. */
export function waitText({ kind, event }: Pick<Shape<'Wait'>, 'kind' | 'event'>): string {
  switch (kind) {
    case 'time': return 'for its time';
    case 'event': return `for the event '${event ?? ''}'`;
    case 'call': return 'for a plan that it called';
    case 'retry': return 'before it tries again';
    default: return `for ${kind}`;
  }
}
