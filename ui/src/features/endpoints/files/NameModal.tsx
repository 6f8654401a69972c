import { TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { messageOf } from '@/components/feedback/ProblemAlert';
import { FormDialog } from '@/components/form/FormDialog';
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
    <FormDialog title={title} isChanged={name !== before} action={action} onSubmit={() => naming.mutate()} isBusy={naming.isPending} isDisabled={problem !== undefined || name === before} onClose={onClose}>
      <TextInput
        label={label} value={name} onChange={event => { setName(event.currentTarget.value); naming.reset(); }} data-autofocus spellCheck={false} autoComplete="off"
        error={naming.error === null ? (name === '' ? undefined : problem) : messageOf(naming.error)}
        onFocus={event => { const dot = before.lastIndexOf('.'); event.currentTarget.setSelectionRange(0, dot > 0 ? dot : before.length); }}
      />
    </FormDialog>
  );
}
