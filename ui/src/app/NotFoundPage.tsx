import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Compass } from 'lucide-react';
import { Card } from '@/components/page/Card';
import { EmptyState } from '@/components/page/EmptyState';
import { Page } from '@/components/page/Page';

export function NotFoundPage() {
  return (
    <main>
      <Page title="There is no such page"><Card><EmptyState icon={<Compass size={22} />} title="Nothing has this address" action={<Anchor component={Link} to="/">To the overview</Anchor>}>It may have been mistyped, or belong to a newer Gantry.</EmptyState></Card></Page>
    </main>
  );
}
