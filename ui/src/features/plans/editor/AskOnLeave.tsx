import { Button, Group, Modal, Text } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import type { DraftState } from './useDraft';

const signIn = '/sign-in';

/** Asks whoever leaves a plan with changes that are not saved what is to become of them. Whatever closes the page without asking keeps them. */
export function AskOnLeave({ draft }: { draft: DraftState }) {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => draft.hasChanges() && next.pathname !== current.pathname && next.pathname !== signIn,
    enableBeforeUnload: false,
    withResolver: true,
  });
  const isAsking = blocker.status === 'blocked';
  const discard = () => {
    draft.settle(draft.base);
    blocker.proceed?.();
  };
  return (
    <Modal opened={isAsking} onClose={() => blocker.reset?.()} title={<Text fw={600} component="span">Leave with changes that are not saved?</Text>} closeButtonProps={{ 'aria-label': 'Close' }}>
      This browser can keep them as a draft: they are here again when you come back. Nothing runs with them until they are saved.
      <Group justify="flex-end" gap="xs" mt="md">
        <Button variant="default" onClick={() => blocker.reset?.()}>Stay here</Button>
        <Button color="red" variant="light" onClick={discard}>Discard them</Button>
        <Button onClick={() => blocker.proceed?.()} data-autofocus>Keep the draft</Button>
      </Group>
    </Modal>
  );
}
