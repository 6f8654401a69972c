import { Checkbox, Group, SegmentedControl, Select, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { credentialNamesQuery } from '@/api/credential-names';
import { starts, type Start } from './start';
import classes from './StartCard.module.css';

interface StartFieldsProps {
  start: Start;
  onChange: (start: Start) => void;
}

/** How a template starts by itself: at which times, by which files, by whose call. */
export function StartFields({ start, onChange }: StartFieldsProps) {
  const set = (part: Partial<Start>) => onChange({ ...start, ...part });
  const Fields = { schedule: ScheduleFields, files: FilesFields, webhook: WebhookFields }[start.kind];
  return (
    <Stack gap="sm">
      <SegmentedControl aria-label="What starts it" size="xs" fullWidth value={start.kind} data={[...starts]} onChange={kind => set({ kind })} />
      <Fields start={start} set={set} />
    </Stack>
  );
}

interface FieldsProps {
  start: Start;
  set: (part: Partial<Start>) => void;
}

const rhythms = [
  { value: '0 * * * *', label: 'Every hour' },
  { value: '0 6 * * *', label: 'Every day at 06:00' },
  { value: '0 6 * * 1-5', label: 'From Monday to Friday at 06:00' },
  { value: '0 6 * * 1', label: 'Every Monday at 06:00' },
  { value: '0 6 1 * *', label: 'On the first of each month at 06:00' },
];

function ScheduleFields({ start, set }: FieldsProps) {
  return (
    <>
      <Select label="How often" data={rhythms} value={rhythms.find(rhythm => rhythm.value === start.cron)?.value ?? null} placeholder="As the line below says" onChange={cron => { if (cron !== null) set({ cron }); }} allowDeselect={false} />
      <Group grow align="flex-end">
        <TextInput label="Cron" description="Minute, hour, day of the month, month, day of the week." value={start.cron} onChange={event => set({ cron: event.currentTarget.value })} spellCheck={false} required withAsterisk={false} />
        <TextInput label="Time zone" description="By whose clocks it goes." value={start.zone} onChange={event => set({ zone: event.currentTarget.value })} spellCheck={false} required withAsterisk={false} />
      </Group>
    </>
  );
}

function FilesFields({ start, set }: FieldsProps) {
  return (
    <>
      <TextInput label="Watched folder" description="Of any endpoint. Usually where the template takes its files." value={start.watched} onChange={event => set({ watched: event.currentTarget.value })} spellCheck={false} required withAsterisk={false} />
      <TextInput label="Names that count" description="Such as *.csv; all when it is empty." value={start.match} onChange={event => set({ match: event.currentTarget.value })} spellCheck={false} />
      <Checkbox label="Leave alone what is there now" checked={start.onlyNew} onChange={event => set({ onlyNew: event.currentTarget.checked })} />
      <p className={classes.soft}>A file counts when it is complete: its size and time have not changed for five seconds. What arrives together is moved by one run.</p>
    </>
  );
}

function WebhookFields({ start, set }: FieldsProps) {
  const credentials = useQuery(credentialNamesQuery).data ?? [];
  return (
    <>
      <TextInput label="Path" description="The last part of the address that is called." value={start.path} onChange={event => set({ path: event.currentTarget.value })} spellCheck={false} required withAsterisk={false} />
      <Select
        label="Secret of the callers" description="They send it in the header Authorization: Bearer SECRET." placeholder="None: whoever knows the address may call" data={credentials} value={start.secret}
        onChange={secret => set({ secret })} searchable clearable clearButtonProps={{ 'aria-label': 'No secret' }} nothingFoundMessage="No such credential"
      />
    </>
  );
}
