import { JsonInput, Radio, Select, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { FormDialog } from '@/components/form/FormDialog';
import { rerunExecution } from '../api/rerun-execution';
import type { Execution } from '../api/list-executions';
import { rerunInputs, rerunSteps } from './rerun';

interface RerunModalProps {
  execution: Execution;
  onClose: () => void;
  onStarted: (id: string) => void;
}

/** Starts it again: all of it or from a step, as it was or by the newest version, with its inputs or others. */
export function RerunModal({ execution, onClose, onStarted }: RerunModalProps) {
  const before = JSON.stringify(execution.inputs, null, 2);
  const steps = rerunSteps(execution.steps ?? []);
  const begun = execution.status === 'failed' && steps.length > 1 ? 'failed' : 'beginning';
  const [from, setFrom] = useState<string>(begun);
  const [step, setStep] = useState<string | null>(steps[0]?.value ?? null);
  const [version, setVersion] = useState<'same' | 'newest'>('same');
  const [inputs, setInputs] = useState(before);
  const starting = useMutation({
    mutationFn: () => rerunExecution({
      id: execution.id, version, from: from === 'beginning' ? null : from === 'failed' ? 'failed' : step,
      inputs: rerunInputs(inputs, before),
    }),
    onSuccess: started => onStarted(started.id),
  });
  return (
    <FormDialog title="Run it again" size="lg" isChanged={inputs !== before || from !== begun || version !== 'same'} action="Run again" onSubmit={() => starting.mutate()} isBusy={starting.isPending} error={starting.error} onClose={onClose}>
      <Radio.Group label="Where it begins" value={from} onChange={setFrom}>
        <Stack gap={6} mt={6}>
          <Radio value="beginning" label="From the beginning" />
          {execution.status === 'failed' && <Radio value="failed" label="From the step that failed; what was done before is taken over" />}
          {steps.length > 1 && <Radio value="step" label="From a step; what was done before is taken over" />}
        </Stack>
      </Radio.Group>
      {from === 'step' && <Select label="Step" data={steps} value={step} onChange={setStep} searchable />}
      <Radio.Group label="Which plan" value={version} onChange={value => setVersion(value)}>
        <Stack gap={6} mt={6}>
          <Radio value="same" label={execution.plan_version == null ? 'The same' : `The same: version ${execution.plan_version}`} />
          {execution.plan_id != null && <Radio value="newest" label="The newest version" />}
        </Stack>
      </Radio.Group>
      <JsonInput label="Inputs" autosize minRows={2} maxRows={14} value={inputs} onChange={setInputs} validationError="This is no JSON." formatOnBlur />
    </FormDialog>
  );
}
