import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { ProblemAlert } from './ProblemAlert';

interface ConfirmDangerProps {
  opened: boolean;
  onClose: () => void;
  /** A question: "Delete the plan 'nightly'?" */
  title: string;
  /** What will be lost, and what stays. */
  children: ReactNode;
  /** What the button says: "Delete plan". */
  action: string;
  /** What the button beside it says, where nothing is there to be kept. */
  refusal?: string;
  /** Has to be typed before the button works: for what cannot be had back. */
  typed?: string;
  onConfirm: () => Promise<unknown>;
}

/** Asks before something is lost, and shows why it was not done when the hub refuses. */
export function ConfirmDanger({ opened, onClose, title, children, action, refusal = 'Keep it', typed, onConfirm }: ConfirmDangerProps) {
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  // While it is being done nobody knows yet how it ends, and it would be told to nobody.
  const close = () => {
    if (!busy) end();
  };
  const end = () => {
    setText('');
    setError(null);
    onClose();
  };
  const confirm = async () => {
    setBusy(true);
    setError(null);
    try {
      await onConfirm();
      end();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal opened={opened} onClose={close} title={<Text fw={600} component="span">{title}</Text>} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={event => { event.preventDefault(); void confirm(); }}>
        <Stack gap="md">
          <div>{children}</div>
          {typed !== undefined && (
            <TextInput label={<>Type <b>{typed}</b> to go on</>} value={text} onChange={event => setText(event.currentTarget.value)} data-autofocus autoComplete="off" />
          )}
          {error !== null && <ProblemAlert error={error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" disabled={busy} onClick={close} data-autofocus={typed === undefined || undefined}>{refusal}</Button>
            <Button type="submit" color="red" loading={busy} disabled={typed !== undefined && text !== typed}>{action}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
