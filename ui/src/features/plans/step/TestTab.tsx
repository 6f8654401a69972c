import { Button, Checkbox, JsonInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { FlaskConical, Pin, PinOff } from 'lucide-react';
import { useState } from 'react';
import { may, meQuery } from '@/api/me';
import { providerQuery } from '@/api/providers';
import { testStep } from '@/api/test-step';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { toastDone } from '@/components/feedback/toast';
import { JsonView } from '@/components/json/JsonView';
import { StatusBadge } from '@/components/status/StatusBadge';
import { Duration } from '@/components/time/Time';
import { latestOutputsQuery } from '../api/latest-outputs';
import { allSteps, type PlanModel, type PlanStep } from '../document/model';
import { executionPath, referredTo } from '../document/references';
import { pin, readPins, unpin } from './pins';
import classes from './StepPanel.module.css';

interface TestTabProps {
  plan: string;
  model: PlanModel;
  step: PlanStep;
  values: Record<string, unknown>;
}

/** Performs the step by itself. What it refers to is taken from pins, or from the latest execution, and can be changed. */
export function TestTab({ plan, model, step, values }: TestTabProps) {
  const latest = useQuery(latestOutputsQuery(plan));
  const me = useQuery(meQuery).data;
  const provider = useQuery({ ...providerQuery(step.use.split('.')[0]!), enabled: step.use !== '' }).data;
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [dryRun, setDryRun] = useState(false);
  const [pins, setPins] = useState(() => readPins(plan));
  const referred = referredTo(JSON.stringify(values));
  const steps = allSteps(model);
  const outputOf = (id: string): unknown => {
    if (id in pins) return pins[id];
    const other = steps.find(each => each.id === id) ?? (/^\d+$/.test(id) ? model.steps.steps[Number(id)] : undefined);
    return other === undefined ? null : latest.data?.outputs.get(executionPath(other)) ?? null;
  };
  const inputOf = (name: string): unknown => latest.data?.inputs[name] ?? model.inputs.find(input => input.name === name)?.default ?? null;
  const ids = [...referred.steps].filter(id => !/^\d+$/.test(id));
  const fields = [
    ...[...referred.inputs].map(name => ({ key: `input.${name}`, label: `Input ${name}`, value: inputOf(name), pinned: null })),
    ...ids.map(id => ({ key: `steps.${id}`, label: `Output of ${id}${id in pins ? ' (pinned)' : ''}`, value: outputOf(id), pinned: id in pins ? id : null })),
  ];
  const valueOf = (key: string, otherwise: unknown): unknown => (typed[key] === undefined ? otherwise : JSON.parse(typed[key]) as unknown);
  const test = useMutation({
    mutationFn: () => testStep({
      step: values, dryRun,
      inputs: Object.fromEntries([...referred.inputs].map(name => [name, valueOf(`input.${name}`, inputOf(name))])),
      outputs: Object.fromEntries(ids.map(id => [id, valueOf(`steps.${id}`, outputOf(id))])),
    }),
  });
  const canRehearse = provider?.actions.find(action => action.use === step.use)?.parameters.some(parameter => parameter.name === 'dry_run') === true;
  const keep = (id: string, output: unknown) => {
    pin(plan, id, output);
    setPins(readPins(plan));
    toastDone(`Tests of other steps take this as the output of ${id}.`);
  };
  const release = (id: string) => {
    unpin(plan, id);
    setPins(readPins(plan));
    setTyped(({ [`steps.${id}`]: _, ...others }) => others);
  };
  const takeOut = (id: string) => <Button size="compact-xs" variant="subtle" color="gray" leftSection={<PinOff size={13} aria-hidden="true" />} aria-label={`Take out the pin of ${id}`} onClick={() => release(id)}>Take out the pin</Button>;
  return (
    <form className={classes.form} onSubmit={event => { event.preventDefault(); test.mutate(); }}>
      <p className={classes.soft}>The step is really performed, alone. {fields.length > 0 && 'What it refers to is given here.'}</p>
      {step.id !== null && step.id in pins && <div className={classes.line}><span>Tests of other steps take its pinned output.</span>{takeOut(step.id)}</div>}
      {fields.map(field => (
        <div key={field.key}>
          <JsonInput label={field.label} autosize minRows={1} maxRows={10} validationError="This is no JSON." value={typed[field.key] ?? JSON.stringify(field.value, null, 2)} onChange={text => setTyped({ ...typed, [field.key]: text })} />
          {field.pinned !== null && takeOut(field.pinned)}
        </div>
      ))}
      {canRehearse && <Checkbox label="Only say what it would do" checked={dryRun} onChange={event => setDryRun(event.currentTarget.checked)} />}
      <Button type="submit" leftSection={<FlaskConical size={15} aria-hidden="true" />} loading={test.isPending} disabled={!may(me, 'operator')}>{may(me, 'operator') ? 'Test the step' : 'Operators may test steps'}</Button>
      {test.error !== null && <ProblemAlert error={test.error} />}
      {test.data !== undefined && (
        <section aria-label="What came of the test" className={classes.result}>
          <div className={classes.line}><StatusBadge status={test.data.status} /><Duration from={test.data.started_at} to={test.data.ended_at} /><Link to="/executions/$execution" params={{ execution: test.data.id }} search={{}}>Show the execution</Link></div>
          {test.data.error != null && <p className={classes.wrong}>{test.data.error.message}</p>}
          {test.data.output != null && <JsonView value={test.data.output} label="Output of the test" />}
          {test.data.status === 'succeeded' && step.id !== null && <Button variant="default" size="xs" leftSection={<Pin size={14} aria-hidden="true" />} onClick={() => keep(step.id!, stepOutput(test.data.output, step.id!))}>Pin this output</Button>}
        </section>
      )}
    </form>
  );
}

/** A plan's output is a map by the steps' ids as soon as one of them has an id. */
const stepOutput = (output: unknown, id: string): unknown => (typeof output === 'object' && output !== null && id in output ? (output as Record<string, unknown>)[id] : output);
