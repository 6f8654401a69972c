import { describe, expect, it } from 'vitest';
import { NewestReader, streamOf, withNewest } from '@/api/newest';

interface Row {
  id: string;
  status: string;
}

const row = (id: string, status = 'succeeded'): Row => ({ id, status });
const event = (type: string, data: unknown, id: string | null = null) => ({ type, data: JSON.stringify(data), id });
const pages = (...all: Row[][]) => ({ pages: all.map(items => ({ items, next: items.at(-1)?.id ?? null })), pageParams: all.map((_, index) => (index === 0 ? null : all[index - 1]!.at(-1)!.id)) });

describe('the newest rows of a list', () => {
  it('are known when what changed together has come whole', () => {
    const reader = new NewestReader<Row>();

    const first = reader.read([event('execution', row('1', 'queued')), event('execution', row('2', 'queued'))]);
    const second = reader.read([event('list', { ids: ['2', '1'], more: true }, 'mark-1')]);
    const third = reader.read([event('execution', row('1', 'running'), 'mark-2')]);
    const fourth = reader.read([event('execution', row('3')), event('list', { ids: ['3', '1'], more: false }, 'mark-3')]);

    expect(first).toBeNull();
    expect(second).toEqual({ rows: [row('2', 'queued'), row('1', 'queued')], more: true });
    expect(third).toEqual({ rows: [row('2', 'queued'), row('1', 'running')], more: true });
    expect(fourth).toEqual({ rows: [row('3'), row('1', 'running')], more: false });
  });

  it('are the only page of whoever has read one, and its end is where the next begins', () => {
    const shown = withNewest(pages([row('3'), row('2')]), { rows: [row('4'), row('3')], more: true });

    expect(shown).toEqual({ pages: [{ items: [row('4'), row('3')], next: '3' }], pageParams: [null] });
  });

  it('take their places before older ones that were read already', () => {
    const shown = withNewest(pages([row('5', 'running'), row('4')], [row('3'), row('2')]), { rows: [row('6'), row('5')], more: true });

    expect(shown.pages.flatMap(page => page.items)).toEqual([row('6'), row('5'), row('4'), row('3'), row('2')]);
    expect(shown.pages.at(-1)!.next).toBe('2');
  });

  it('leave out what fits no more, and what was read is read anew behind a gap', () => {
    const gone = withNewest(pages([row('5'), row('4')], [row('3'), row('2')]), { rows: [row('5'), row('3')], more: true });
    const apart = withNewest(pages([row('5'), row('4')], [row('3')]), { rows: [row('9'), row('8')], more: true });
    const all = withNewest(pages([row('5'), row('4')], [row('3')]), { rows: [row('4')], more: false });

    expect(gone.pages.flatMap(page => page.items.map(each => each.id))).toEqual(['5', '3', '2']);
    expect(apart).toEqual({ pages: [{ items: [row('9'), row('8')], next: '8' }], pageParams: [null] });
    expect(all).toEqual({ pages: [{ items: [row('4')], next: null }], pageParams: [null] });
  });

  it('are asked for as their list is', () => {
    expect(streamOf('/api/executions', { status: 'failed', plan: undefined, limit: '60' })).toBe('/api/executions/events?status=failed&limit=60');
  });
});
