import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { SettingFields } from '@/components/form/SettingFields';
import { missingOf } from '@/components/form/settings';
import { runPlan } from '../api/run-plan';
import { readPlan } from '../document/model';
import { inputSettings } from './inputs';

interface RunModalProps {
  plan: string;
  /** The text of the version that runs. */
  source: string;
  onClose: () => void;
  onStarted: (execution: string) => void;
}

/** Asks for the plan's inputs and starts it. */
export function RunModal({ plan, source, onClose, onStarted }: RunModalProps) {
  const settings = useMemo(() => inputSettings(readPlan(source).inputs), [source]);
  const [values, setValues] = useState<Record<string, unknown>>({});
  const missing = missingOf(settings, values);
  const [asked, setAsked] = useState(false);
  const starting = useMutation({ mutationFn: () => runPlan({ plan, inputs: Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) }), onSuccess: execution => onStarted(execution.id) });
  const start = () => {
    setAsked(true);
    if (missing.length === 0) starting.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={<Text fw={600} component="span">Run {plan}</Text>} size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={event => { event.preventDefault(); start(); }}>
        <Stack gap="md">
          {settings.length === 0 ? <div>This plan takes no inputs.</div>
            : <SettingFields settings={settings} values={values} errors={asked ? Object.fromEntries(missing.map(name => [name, 'It cannot start without this.'])) : {}} onChange={(name, value) => setValues(before => ({ ...before, [name]: value }))} />}
          {starting.error !== null && <ProblemAlert error={starting.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>Not now</Button>
            <Button type="submit" loading={starting.isPending} data-autofocus={settings.length === 0 || undefined}>Run it</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
