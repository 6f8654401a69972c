import { queryOptions } from '@tanstack/react-query';
import { allPages } from '@/api/all-pages';
import { answerOf, hub } from '@/api/client';

/** What starts a plan by itself, in short. */
export interface Starts {
  /** The state of the trigger that asks for somebody first: broken, then paused, then active. */
  state: string;
  /** When it runs next by a schedule. */
  next: string | null;
}

const pagesMax = 10;
const weights = ['active', 'paused', 'broken'];

/** How plans start by themselves, by the plans' names; one that nothing starts is not in it. */
export const planStartsQuery = queryOptions({
  queryKey: ['triggers', 'by-plan'],
  queryFn: async ({ signal }): Promise<ReadonlyMap<string, Starts>> => {
    const starts = new Map<string, Starts>();
    const { items } = await allPages(query => answerOf(hub.GET('/api/triggers', { signal, params: { query } })), pagesMax);
    for (const { plan, state, next_at: at = null } of items) starts.set(plan, joined(starts.get(plan), { state, next: at }));
    return starts;
  },
  refetchInterval: 30_000,
});

function joined(one: Starts | undefined, other: Starts): Starts {
  if (one === undefined) return other;
  const next = one.next === null || (other.next !== null && other.next < one.next) ? other.next : one.next;
  return { state: weights.indexOf(other.state) > weights.indexOf(one.state) ? other.state : one.state, next };
}
