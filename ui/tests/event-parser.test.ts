import { describe, expect, it } from 'vitest';
import { EventParser } from '@/api/event-parser';

describe('server-sent events', () => {
  it('are read wherever the network cuts them', () => {
    const text = 'id: 1\nevent: log\ndata: {"a":1}\n\nid: 2\r\nevent: step\r\ndata: one\r\ndata: two\r\n\r\n: still here\n\ndata: no id\n\n';
    for (let cut = 1; cut < text.length; cut++) {
      const parser = new EventParser();

      const events = [...parser.push(text.slice(0, cut)), ...parser.push(text.slice(cut))];

      expect(events).toEqual([
        { id: '1', type: 'log', data: '{"a":1}' },
        { id: '2', type: 'step', data: 'one\ntwo' },
        { id: null, type: 'message', data: 'no id' },
      ]);
      expect(parser.lastId).toBe('2');
    }
  });

  it('that are not whole do not count as seen', () => {
    const parser = new EventParser();

    parser.push('id: 7\ndata: half');

    expect(parser.lastId).toBeNull();
  });
});
