import { Anchor } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { Began } from './actions';

/** Tells that something is on its way, and where it can be watched. */
export const toastBegan = ({ message, transfer }: Began): void => void notifications.show({
  message: transfer === null ? message : <>{message}. <Anchor href={`/transfers/${transfer}`} inherit>Watch it</Anchor></>, color: transfer === null ? 'green' : undefined, autoClose: 6_000,
});
