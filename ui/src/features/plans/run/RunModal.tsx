import { useMutation } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useFirstError } from '@/components/form/first-error';
import { SettingFields } from '@/components/form/SettingFields';
import { missingOf } from '@/components/form/settings';
import { FormDialog } from '@/components/form/FormDialog';
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
  const { form, showFirstError } = useFirstError<HTMLDivElement>();
  const starting = useMutation({ mutationFn: () => runPlan({ plan, inputs: Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) }), onSuccess: execution => onStarted(execution.id) });
  const start = () => {
    setAsked(true);
    if (missing.length === 0) starting.mutate();
    else showFirstError();
  };
  return (
    <FormDialog title={`Run ${plan}`} size="lg" isChanged={Object.values(values).some(value => value !== undefined)} action="Run it" onSubmit={start} isBusy={starting.isPending} error={starting.error} isReady={settings.length === 0} onClose={onClose}>
      {settings.length === 0 ? <div>This plan takes no inputs.</div>
        : <div ref={form}><SettingFields settings={settings} values={values} errors={asked ? Object.fromEntries(missing.map(name => [name, 'It cannot start without this.'])) : {}} onChange={(name, value) => setValues(before => ({ ...before, [name]: value }))} /></div>}
    </FormDialog>
  );
}
