import { Alert } from '@mantine/core';
import { CircleCheck, TriangleAlert } from 'lucide-react';

/** What the provider said of a connection. */
export function Verified({ who, problem }: { who: string | null; problem: string | null }) {
  return problem === null
    ? <Alert color="green" variant="light" role="status" icon={<CircleCheck size={18} />} title="Connected">{who === null ? 'The provider took it.' : `It belongs to ${who}.`}</Alert>
    : <Alert color="red" variant="light" role="alert" icon={<TriangleAlert size={18} />} title="The provider did not take it">{problem}</Alert>;
}
