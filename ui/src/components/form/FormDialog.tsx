import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { AskBeforeLeaving } from '../feedback/AskBeforeLeaving';
import { ProblemAlert } from '../feedback/ProblemAlert';
import { useClosing } from '../feedback/useClosing';

interface FormDialogProps {
  title: ReactNode;
  size?: 'lg';
  /** Something in it differs from what it began with: Escape or a click beside it asks first. */
  isChanged: boolean;
  /** What the button says, and what it does. */
  action: string;
  onSubmit: () => void;
  isBusy: boolean;
  /** The button waits for something that is missing or wrong. */
  isDisabled?: boolean;
  /** Why it was not done. */
  error?: unknown;
  /** Another button, apart from the two. */
  aside?: ReactNode;
  /** There is nothing to fill in: Enter is enough. */
  isReady?: boolean;
  onClose: () => void;
  children: ReactNode;
}

/** A form above its page. What was typed is lost only by a button that says so. */
export function FormDialog({ title, size, isChanged, action, onSubmit, isBusy, isDisabled, error = null, aside, isReady, onClose, children }: FormDialogProps) {
  const isUnsaved = isChanged && !isBusy;
  const { close, isAsking, question } = useClosing(isUnsaved, onClose);
  return (
    <>
      <Modal opened onClose={close} closeOnEscape={!isAsking} size={size} title={<Text fw={600} component="span">{title}</Text>} closeButtonProps={{ 'aria-label': 'Close' }}>
        <form onSubmit={event => { event.preventDefault(); onSubmit(); }} autoComplete="off">
          <Stack gap="md">
            {children}
            {error !== null && <ProblemAlert error={error} />}
            <Group justify={aside ? 'space-between' : 'flex-end'} gap="xs">
              {aside}
              <Group gap="xs">
                <Button variant="default" onClick={onClose}>Not now</Button>
                <Button type="submit" loading={isBusy} disabled={isDisabled} data-autofocus={isReady === true || undefined}>{action}</Button>
              </Group>
            </Group>
          </Stack>
        </form>
      </Modal>
      {question}
      <AskBeforeLeaving when={isUnsaved} />
    </>
  );
}
