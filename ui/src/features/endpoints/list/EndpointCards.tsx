import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { countText } from '@/components/time/words';
import type { Endpoint } from '../api/list-endpoints';
import { kindsQuery } from '../api/list-kinds';
import { usesQuery } from '../api/list-uses';
import { EndpointCard } from './EndpointCard';
import classes from './EndpointCards.module.css';

const pageLength = 48;

/** The cards of any number of places: the next ones are made when the last come into sight. */
export function EndpointCards({ endpoints }: { endpoints: readonly Endpoint[] }) {
  const kinds = useQuery(kindsQuery).data ?? [];
  const uses = useQuery(usesQuery).data;
  const [count, setCount] = useState(pageLength);
  const end = useRef<HTMLDivElement>(null);
  const left = endpoints.length - count;
  useEffect(() => {
    if (end.current === null) return;
    const observer = new IntersectionObserver(([entry]) => { if (entry?.isIntersecting === true) setCount(before => before + pageLength); }, { rootMargin: '400px' });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [count]);
  return (
    <>
      <ul className={classes.cards}>
        {endpoints.slice(0, count).map(endpoint => <EndpointCard key={endpoint.name} endpoint={endpoint} kindTitle={kinds.find(each => each.id === endpoint.kind)?.title ?? endpoint.kind} uses={uses?.filter(use => use.endpoint === endpoint.name)} />)}
      </ul>
      {left > 0 && <div ref={end}><Button variant="subtle" size="xs" onClick={() => setCount(count + pageLength)}>{countText(left)} more</Button></div>}
    </>
  );
}
