import { Button, Group, NumberInput, Select, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { AskBeforeLeaving } from '@/components/feedback/AskBeforeLeaving';
import { messageOf, ProblemAlert } from '@/components/feedback/ProblemAlert';
import { toastDone } from '@/components/feedback/toast';
import { Card } from '@/components/page/Card';
import { changeEndpoint } from '../api/save-endpoint';
import { BandwidthField } from './BandwidthField';

const names = ['bandwidth', 'time_zone', 'transfers', 'connections', 'priority'] as const;
type Limits = Partial<Record<(typeof names)[number], string>>;

/** How much of the endpoint all transfers together may take. What runs feels a change at once. */
export function LimitsForm({ name, limits }: { name: string; limits: Readonly<Record<string, string>> }) {
  const [values, setValues] = useState<Limits>({ ...limits });
  const client = useQueryClient();
  const saving = useMutation({
    mutationFn: () => changeEndpoint(name, { limits: Object.fromEntries(names.filter(each => (values[each] ?? '') !== (limits[each] ?? '')).map(each => [each, values[each] === undefined || values[each] === '' ? null : values[each]])) }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['endpoints'] });
      toastDone(`The limits of '${name}' hold from now on, for what runs as well.`);
    },
  });
  const set = (limit: (typeof names)[number], value: string | undefined) => {
    saving.reset();
    setValues(({ [limit]: _, ...others }) => (value === undefined || value === '' ? others : { ...others, [limit]: value }));
  };
  const isChanged = names.some(each => (values[each] ?? '') !== (limits[each] ?? ''));
  const field = saving.error === null ? undefined : names.find(each => messageOf(saving.error).includes(`'${each}'`));
  const count = (limit: 'transfers' | 'connections', label: string, description: string) => (
    <NumberInput
      label={label} description={description} min={1} max={10_000} allowDecimal={false} maw={320} placeholder="No limit" value={values[limit] ?? ''}
      error={field === limit ? messageOf(saving.error) : undefined} onChange={value => set(limit, value === '' ? undefined : String(value))}
    />
  );
  return (
    <form onSubmit={event => { event.preventDefault(); saving.mutate(); }}>
      <AskBeforeLeaving when={isChanged && !saving.isPending} />
      <Stack gap="md">
        <Card title="Bandwidth"><BandwidthField text={values.bandwidth ?? ''} zone={values.time_zone} onText={text => set('bandwidth', text)} onZone={zone => set('time_zone', zone)} /></Card>
        <Card title="At once">
          <Stack gap="md">
            {count('transfers', 'Transfers', 'Others wait, the most urgent first.')}
            {count('connections', 'Files', 'Of all transfers together, which bounds their connections.')}
            <Select
              label="Priority" description="Of transfers here that state none of their own. While an urgent one runs, the others rest." maw={320} value={values.priority ?? 'normal'}
              data={['low', 'normal', 'high', 'urgent']} onChange={priority => set('priority', priority === null || priority === 'normal' ? undefined : priority)}
            />
          </Stack>
        </Card>
        {saving.error !== null && field === undefined && <ProblemAlert error={saving.error} />}
        <Group><Button type="submit" loading={saving.isPending} disabled={!isChanged}>Save limits</Button></Group>
      </Stack>
    </form>
  );
}
