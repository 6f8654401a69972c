import { plural } from '@/components/time/words';

const namedMax = 8;

/** What stops working without a provider, in sentences. */
export function lossText({ plans, plans_elsewhere: elsewhere }: { plans: readonly string[]; plans_elsewhere: number }, connections: number): string {
  const named = plans.slice(0, namedMax).map(name => `'${name}'`).join(', ');
  const more = plans.length > namedMax ? ` and ${plans.length - namedMax} more` : '';
  const parts = [
    plans.length > 0 && `${plural(plans.length, 'plan has', 'plans have')} steps of it and would fail: ${named}${more}.`,
    elsewhere > 0 && `So would ${plural(elsewhere, 'plan')} of other workspaces.`,
    plans.length === 0 && elsewhere === 0 && 'No plan uses it.',
    connections > 0 && `${plural(connections, 'connection')} to it would be of no use; the credentials stay.`,
  ];
  return parts.filter(part => part !== false).join(' ');
}
