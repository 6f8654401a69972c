import { notifications } from '@mantine/notifications';
import { messageOf } from './ProblemAlert';

const closeButtonProps = { 'aria-label': 'Close the note' };

/** Tells in passing that something was done. */
export const toastDone = (message: string): void => void notifications.show({ message, color: 'green', autoClose: 4_000, closeButtonProps });

/** Tells that something that was asked for was not done, and why; it stays until it is read. */
export const toastProblem = (error: unknown, title = 'That did not work'): void =>
  void notifications.show({ title, message: messageOf(error), color: 'red', autoClose: false, closeButtonProps });
