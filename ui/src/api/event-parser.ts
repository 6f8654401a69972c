export interface ServerEvent {
  /** Null for what is not kept, such as progress. */
  id: string | null;
  type: string;
  data: string;
}

/** Server-sent events out of the pieces that a network delivers. */
export class EventParser {
  /** The id of the last whole event that had one; what to resume behind. */
  lastId: string | null = null;

  private rest = '';
  private id: string | null = null;
  private type = '';
  private data: string[] = [];

  /** The events that are whole with this piece. */
  push(text: string): ServerEvent[] {
    this.rest += text;
    const events: ServerEvent[] = [];
    for (;;) {
      const end = /\r\n|\n|\r(?!$)/.exec(this.rest);
      if (end === null) return events;
      const line = this.rest.slice(0, end.index);
      this.rest = this.rest.slice(end.index + end[0].length);
      const event = this.take(line);
      if (event !== null) events.push(event);
    }
  }

  private take(line: string): ServerEvent | null {
    if (line === '') return this.finish();
    const colon = line.indexOf(':');
    const [field, value] = colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')];
    if (field === 'id') this.id = value;
    else if (field === 'event') this.type = value;
    else if (field === 'data') this.data.push(value);
    return null;
  }

  private finish(): ServerEvent | null {
    const event = this.data.length === 0 ? null : { id: this.id, type: this.type || 'message', data: this.data.join('\n') };
    if (event !== null && this.id !== null) this.lastId = this.id;
    this.id = null;
    this.type = '';
    this.data = [];
    return event;
  }
}
