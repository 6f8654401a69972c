import { Alert } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { finishConsent, type Device } from '../api/connect';
import classes from './Connect.module.css';
import { webAddress } from './fields';
import { Verified } from './Verified';

const slowerSeconds = 5;

/** A code to be typed at another screen, and whether that was done. */
export function DeviceConsent({ device, state }: { device: Device; state: string }) {
  const queries = useQueryClient();
  const asked = useQuery({
    queryKey: ['consent', state, device.interval_seconds],
    queryFn: async ({ client, queryKey }) => {
      const result = await finishConsent(state);
      const slower = client.getQueryData<{ slower: number }>(queryKey)?.slower ?? 0;
      return { result, slower: slower + (result.slow_down ? slowerSeconds : 0) };
    },
    // It is asked for the first time when an interval is over.
    initialData: { result: { done: false, slow_down: false, who: null, problem: null }, slower: 0 },
    staleTime: Infinity,
    retry: false,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    refetchIntervalInBackground: true,
    refetchInterval: ({ state: { data, error } }) => (error !== null || data?.result.done === true ? false : (device.interval_seconds + (data?.slower ?? 0)) * 1_000),
  });
  const result = asked.data.result;
  useEffect(() => {
    if (result.done === true) void queries.invalidateQueries({ queryKey: ['connections'] });
  }, [queries, result.done]);
  if (asked.error !== null) return <ProblemAlert error={asked.error} />;
  if (result.done === true) return <Verified who={result.who} problem={result.problem} />;
  const address = webAddress(device.verification_uri_complete ?? device.verification_uri);
  return (
    <Alert variant="light" color="gray" role="status" title="Agree at another screen">
      <p className={classes.soft}>Open {address === undefined ? device.verification_uri : <a href={address} target="_blank" rel="noreferrer">{device.verification_uri}</a>} and type this code. This page notices when it is done.</p>
      <code className={classes.code}>{device.user_code}</code>
    </Alert>
  );
}
