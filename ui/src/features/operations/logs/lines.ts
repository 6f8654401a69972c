import type { LogLine } from '@/components/log/log-buffer';
import type { SystemLogLine } from '../api/follow-system-log';

/** A line as logs are shown: the part of the hub in front, and why it was thrown behind. */
export const lineOf = ({ id, time, level, component, message, exception }: SystemLogLine): LogLine => ({
  id, time, level, step: component,
  // A row is one line: what follows is set off by a sign.
  message: (exception == null ? message : `${message} ⏎ ${exception}`).replaceAll(/\s*\r?\n\s*/g, ' ⏎ '),
});
