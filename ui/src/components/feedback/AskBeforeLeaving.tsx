import { Button, Group, Modal, Text } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';

const signIn = '/sign-in';

/** Asks whoever leaves a form with something in it that is not saved; whoever closes the window is asked by the browser. False while it is being saved, so that a saved form leaves freely. */
export function AskBeforeLeaving({ when }: { when: boolean }) {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => when && next.pathname !== signIn && (next.pathname !== current.pathname || JSON.stringify(next.search) !== JSON.stringify(current.search)),
    enableBeforeUnload: () => when,
    withResolver: true,
  });
  return (
    <Modal opened={blocker.status === 'blocked'} onClose={() => blocker.reset?.()} title={<Text fw={600} component="span">Leave without saving?</Text>} closeButtonProps={{ 'aria-label': 'Close' }}>
      What you changed here is not saved, and is lost when you leave.
      <Group justify="flex-end" gap="xs" mt="md">
        <Button variant="default" color="red" onClick={() => blocker.proceed?.()}>Leave and lose it</Button>
        <Button onClick={() => blocker.reset?.()} data-autofocus>Stay here</Button>
      </Group>
    </Modal>
  );
}
