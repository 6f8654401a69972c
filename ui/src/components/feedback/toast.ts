import { notifications } from '@mantine/notifications';
import { messageOf, titleOf } from './ProblemAlert';

const closeButtonProps = { 'aria-label': 'Close the note' };

/** Tells in passing that something was done. */
export const toastDone = (message: string): void => void notifications.show({ message, color: 'green', autoClose: 4_000, closeButtonProps });

/** Tells that something that was asked for was not done, and why; it stays until it is read. When nobody knows whether it was done, it says that instead. */
export const toastProblem = (error: unknown, title = 'That did not work'): void =>
  void notifications.show({ title: isUnanswered(error) ? titleOf(error) : title, message: messageOf(error), color: 'red', autoClose: false, closeButtonProps });

const isUnanswered = (error: unknown): boolean => error instanceof Error && error.name === 'UnreachableError';
