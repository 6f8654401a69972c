import { followStream } from '@/api/event-stream';

export interface TransferNews {
  status?: string;
  error?: string;
  filesDone?: number;
  bytesDone?: number;
  bytesTotal?: number;
}

const ends = new Set(['succeeded', 'failed', 'cancelled']);

/** How a transfer stands, until its end. */
export function followTransfer(id: string, onNews: (news: TransferNews) => void, signal: AbortSignal): Promise<void> {
  return followStream(`/api/transfers/${encodeURIComponent(id)}/events?files=none`, {
    signal,
    onEvents: events => {
      let isOver = false;
      for (const event of events) {
        const data = JSON.parse(event.data) as Record<string, unknown>;
        if (event.type === 'progress') onNews(progressOf(data));
        if (event.type !== 'transfer') continue;
        const error = data.error as { message?: string } | null | undefined;
        onNews({ status: String(data.status), error: error?.message });
        isOver ||= ends.has(String(data.status));
      }
      return isOver ? 'end' : undefined;
    },
  });
}

function progressOf(data: Record<string, unknown>): TransferNews {
  const progress = (data.progress ?? {}) as Record<string, unknown>;
  const number = (name: string) => (typeof progress[name] === 'number' ? progress[name] : undefined);
  return { filesDone: number('files_done'), bytesDone: number('bytes_done'), bytesTotal: number('bytes_total') };
}
