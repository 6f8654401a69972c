import { Button, Group, Modal, Text } from '@mantine/core';
import { plural } from '@/components/time/words';
import type { Move } from '../api/start-transfer';
import { textOfPlace } from './paths';

interface ReplaceFilesProps {
  move: Move;
  /** What is there under the same names. */
  taken: readonly string[];
  onBring: (move: Move) => void;
  onClose: () => void;
}

const named = 3;

/** Asks before a transfer replaces what is there. */
export function ReplaceFiles({ move, taken, onBring, onClose }: ReplaceFilesProps) {
  const place = textOfPlace(move.to);
  const choose = (keepsThere: boolean) => {
    onClose();
    onBring({ ...move, keepsThere });
  };
  const names = [...taken.slice(0, named).map(name => `'${name}'`), ...(taken.length > named ? [plural(taken.length - named, 'other')] : [])];
  return (
    <Modal opened onClose={onClose} title={<Text fw={600} component="span">Replace {taken.length === 1 ? `'${taken[0]}'` : plural(taken.length, 'entry', 'entries')}?</Text>} closeButtonProps={{ 'aria-label': 'Close' }}>
      {taken.length === 1 ? 'It is' : `${names.slice(0, -1).join(', ')} and ${names.at(-1)} are`} in {place} already. Files there that differ are lost when they are replaced; in folders, what is only there stays.
      <Group justify="flex-end" gap="xs" mt="md">
        <Button variant="default" onClick={onClose} data-autofocus>Not now</Button>
        <Button variant="default" onClick={() => choose(true)}>Only what is not there</Button>
        <Button color="red" onClick={() => choose(false)}>Replace</Button>
      </Group>
    </Modal>
  );
}
