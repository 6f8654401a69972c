import { Button, Group, Modal, Text } from '@mantine/core';

interface LeaveQuestionProps {
  opened: boolean;
  onStay: () => void;
  onLeave: () => void;
}

/** Asks whether what was typed and is not saved may be lost. */
export function LeaveQuestion({ opened, onStay, onLeave }: LeaveQuestionProps) {
  return (
    // Its title is no header of its own: it may stand above a dialog that has one.
    <Modal opened={opened} onClose={onStay} withCloseButton={false}>
      <Modal.Title mb="sm"><Text fw={600} component="span">Leave without saving?</Text></Modal.Title>
      What you changed here is not saved, and is lost when you leave.
      <Group justify="flex-end" gap="xs" mt="md">
        <Button variant="default" color="red" onClick={onLeave}>Leave and lose it</Button>
        <Button onClick={onStay} data-autofocus>Stay here</Button>
      </Group>
    </Modal>
  );
}
