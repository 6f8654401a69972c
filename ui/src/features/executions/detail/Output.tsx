import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { JsonView } from '@/components/json/JsonView';
import { bytesText } from '@/components/time/words';
import { outputQuery } from '../api/show-output';
import { useState } from 'react';

interface OutputProps {
  value: unknown;
  url: string | null | undefined;
  bytes: number | null | undefined;
  label: string;
}

/** An output in place; a large one when it is asked for. Nothing when there is none. */
export function Output({ value, url, bytes, label }: OutputProps) {
  const [asked, setAsked] = useState(false);
  const output = useQuery({ ...outputQuery(url ?? ''), enabled: asked && url != null });
  if (url == null) return value === undefined ? null : <JsonView value={value} label={label} />;
  if (output.data !== undefined) return <JsonView value={output.data} label={label} />;
  if (output.error !== null) return <ProblemAlert error={output.error} onRetry={() => void output.refetch()} />;
  return <div><Button size="xs" variant="default" loading={output.isFetching} onClick={() => setAsked(true)}>Show the output of {bytesText(bytes ?? 0)}</Button></div>;
}
