/** One line of a log, as the hub tells it. */
export interface LogLine {
  id: number;
  time: string;
  level: string;
  message: string;
  step?: string | null;
}

export const levels = ['debug', 'info', 'warning', 'error'] as const;
export type Level = (typeof levels)[number];

export interface LogFilter {
  level?: Level;
  text?: string;
}

export interface LogSnapshot {
  lines: readonly LogLine[];
  /** How many lines came since the beginning. */
  total: number;
  /** How many of them were let go, so that memory stays flat. */
  dropped: number;
  /** There are older ones that are not here: let go, or never asked for. */
  isCutOff: boolean;
}

const linesMaxDefault = 20_000;

/**
 * The newest lines of a log, however fast it grows: bounded, filtered, and told to those who look at most once a frame.
 */
export class LogBuffer {
  private kept: LogLine[] = [];
  private shown: LogLine[] = [];
  private filter: LogFilter = {};
  private total = 0;
  private lastId = 0;
  private snapshot: LogSnapshot = { lines: [], total: 0, dropped: 0, isCutOff: false };
  private startsLate = false;
  private frame: number | null = null;
  private readonly watchers = new Set<() => void>();
  private readonly linesMax: number;

  constructor(linesMax = linesMaxDefault) {
    this.linesMax = linesMax;
  }

  /** Lines in their order. What was there already, as after a stream was taken up again, is passed over. */
  append(lines: readonly LogLine[]): void {
    for (const line of lines) {
      if (line.id <= this.lastId) continue;
      this.lastId = line.id;
      this.total++;
      this.kept.push(line);
      if (fits(line, this.filter)) this.shown.push(line);
    }
    // Let go in large pieces: cutting the beginning off at every line would copy all the others each time.
    const slack = this.linesMax / 4;
    if (this.kept.length > this.linesMax + slack) {
      this.kept = this.kept.slice(-this.linesMax);
      const first = this.kept[0]!.id;
      const from = this.shown.findIndex(line => line.id >= first);
      this.shown = from < 0 ? [] : this.shown.slice(from);
    }
    this.plan();
  }

  /** The first line here is not the first there is. */
  markCutOff(): void {
    this.startsLate = true;
    this.plan();
  }

  setFilter(filter: LogFilter): void {
    if (filter.level === this.filter.level && filter.text === this.filter.text) return;
    this.filter = filter;
    this.shown = this.kept.filter(line => fits(line, filter));
    this.publish();
  }

  readonly subscribe = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  readonly read = (): LogSnapshot => this.snapshot;

  private plan(): void {
    this.frame ??= requestAnimationFrame(() => this.publish());
  }

  private publish(): void {
    if (this.frame !== null) cancelAnimationFrame(this.frame);
    this.frame = null;
    const dropped = this.total - this.kept.length;
    this.snapshot = { lines: this.shown.slice(), total: this.total, dropped, isCutOff: dropped > 0 || this.startsLate };
    for (const watcher of this.watchers) watcher();
  }
}

function fits(line: LogLine, { level, text }: LogFilter): boolean {
  if (level !== undefined && levels.indexOf(line.level as Level) < levels.indexOf(level)) return false;
  return text === undefined || line.message.toLowerCase().includes(text.toLowerCase());
}
