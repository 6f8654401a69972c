import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { bandOf, isUnlimited, rateProblem, rateText, ratesOf, textOf, unlimited, weekOf } from './timetable';
import { WeekGrid } from './WeekGrid';
import classes from './WeekGrid.module.css';

interface BandwidthFieldProps {
  text: string;
  zone: string | undefined;
  onText: (text: string | undefined) => void;
  onZone: (zone: string | undefined) => void;
}

const usual = ['1M', '5M', '20M', '100M'];

/** The bandwidth of each hour of a week, painted; or as text, where it changes between whole hours. */
export function BandwidthField({ text, zone, onText, onZone }: BandwidthFieldProps) {
  const week = weekOf(text);
  const [rate, setRate] = useState('5M');
  const [typed, setTyped] = useState('5M');
  const problem = rateProblem(typed);
  if (week === null) {
    return (
      <Stack gap="md">
        <TextInput label="Timetable" description="It changes between whole hours, and so is edited as text." value={text} onChange={event => onText(event.currentTarget.value)} spellCheck={false} />
        <Group><Button variant="default" size="xs" onClick={() => onText(undefined)}>Paint a week instead</Button></Group>
        <Zone zone={zone} onZone={onZone} />
      </Stack>
    );
  }
  const rates = ratesOf(week);
  const brushes = ratesOf([...rates, ...usual, rate]).filter(each => !isUnlimited(each));
  return (
    <Stack gap="md">
      <div className={classes.brushes} role="radiogroup" aria-label="What to paint with">
        {[...brushes, 'off'].map(each => (
          <button key={each} type="button" role="radio" aria-checked={rate === each} className={classes.brush} onClick={() => { setRate(each); if (!isUnlimited(each)) setTyped(each); }}>
            <span className={classes.sample} data-band={bandOf(each, rates)} aria-hidden="true" />{isUnlimited(each) ? 'No limit' : rateText(each)}
          </button>
        ))}
        <TextInput
          size="xs" w={130} aria-label="Another bandwidth" placeholder="10M or 10M:1M" value={typed} error={problem !== undefined} title={problem}
          onChange={event => { const next = event.currentTarget.value.trim(); setTyped(next); if (rateProblem(next) === undefined) setRate(next); }} spellCheck={false}
        />
      </div>
      <WeekGrid week={week} rate={rate} onWeek={next => onText(textOf(next))} />
      <Group gap="xs">
        <Button size="xs" variant="default" onClick={() => onText(textOf(unlimited.map(() => rate)))}>Whole week</Button>
        <Button size="xs" variant="default" onClick={() => onText(undefined)} disabled={text === ''}>No limits</Button>
        <Text size="xs" c="dimmed">{text === '' ? 'Transfers take what they get.' : `As text: ${text}`}</Text>
      </Group>
      <Zone zone={zone} onZone={onZone} />
    </Stack>
  );
}

function Zone({ zone, onZone }: { zone: string | undefined; onZone: (zone: string | undefined) => void }) {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zones = [...new Set(['UTC', own, ...(zone === undefined ? [] : [zone]), ...Intl.supportedValuesOf('timeZone')])];
  return <Select label="Time zone" description="By whose clocks the timetable goes." searchable maw={320} data={zones} value={zone ?? 'UTC'} onChange={next => onZone(next === null || next === 'UTC' ? undefined : next)} />;
}
