import { Anchor } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { Began } from './actions';

/** Tells that something is on its way, and where it can be watched. */
export function toastBegan({ message, transfer }: Began, onWatch: (transfer: string) => void): void {
  if (transfer === null) {
    notifications.show({ message, color: 'green', autoClose: 4_000 });
    return;
  }
  const watch = (event: React.MouseEvent) => {
    event.preventDefault();
    // Where it is watched the note has said what it had to say, and would cover what stands below it.
    notifications.hide(id);
    onWatch(transfer);
  };
  const id = notifications.show({ message: <>{message} · <Anchor href={`/transfers/${transfer}`} onClick={watch} underline="always" inherit>Watch it</Anchor></>, autoClose: 6_000 });
}
