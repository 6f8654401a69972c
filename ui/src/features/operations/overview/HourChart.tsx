import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import type { HourPoint } from './hours';

export interface Series {
  key: 'succeeded' | 'failed' | 'cancelled' | 'open' | 'bytes';
  label: string;
  color: string;
}

interface HourChartProps {
  points: HourPoint[];
  series: readonly Series[];
  text: (value: number) => string;
}

const tick = { fontSize: 11, fill: 'var(--text-soft)' };

/** Bars over hours. Its table says the same to those who do not see it. */
export function HourChart({ points, series, text }: HourChartProps) {
  return (
    <ResponsiveContainer width="100%" height={190} initialDimension={{ width: 360, height: 190 }}>
      <BarChart data={points} margin={{ top: 6, right: 2, bottom: 0, left: 0 }} barCategoryGap="22%" accessibilityLayer={false} aria-hidden="true">
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis dataKey="label" tick={tick} tickLine={false} axisLine={{ stroke: 'var(--line-strong)' }} interval="preserveStartEnd" minTickGap={36} />
        <YAxis tick={tick} tickLine={false} axisLine={false} width={52} allowDecimals={false} tickFormatter={text} tickCount={4} />
        <Tooltip
          cursor={{ fill: 'var(--surface-hover)' }} isAnimationActive={false} formatter={value => text(Number(value))}
          contentStyle={{ background: 'var(--surface)', border: '1px solid var(--line-strong)', borderRadius: 8, fontSize: 12.5 }} labelStyle={{ color: 'var(--text-soft)' }} itemStyle={{ color: 'var(--text)' }}
        />
        {series.map(({ key, label, color }) => <Bar key={key} dataKey={key} name={label} stackId="hour" fill={color} isAnimationActive={false} />)}
      </BarChart>
    </ResponsiveContainer>
  );
}
