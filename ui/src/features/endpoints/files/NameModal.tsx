import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { messageOf } from '@/components/feedback/ProblemAlert';
import { nameProblem } from './paths';

interface NameModalProps {
  title: string;
  label: string;
  action: string;
  name: string;
  onName: (name: string) => Promise<unknown>;
  onClose: () => void;
}

/** Asks for the name of a new folder, or another name for what is there. */
export function NameModal({ title, label, action, name: before, onName, onClose }: NameModalProps) {
  const [name, setName] = useState(before);
  const naming = useMutation({ mutationFn: () => onName(name), onSuccess: onClose });
  const problem = nameProblem(name);
  return (
    <Modal opened onClose={onClose} title={<Text fw={600} component="span">{title}</Text>} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={event => { event.preventDefault(); if (problem === undefined && name !== before) naming.mutate(); }}>
        <Stack gap="md">
          <TextInput
            label={label} value={name} onChange={event => { setName(event.currentTarget.value); naming.reset(); }} data-autofocus spellCheck={false} autoComplete="off"
            error={naming.error === null ? (name === '' ? undefined : problem) : messageOf(naming.error)}
            onFocus={event => { const dot = before.lastIndexOf('.'); event.currentTarget.setSelectionRange(0, dot > 0 ? dot : before.length); }}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>Cancel</Button>
            <Button type="submit" loading={naming.isPending} disabled={problem !== undefined || name === before}>{action}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
