import { Blocks } from 'lucide-react';
import type { ReactNode } from 'react';
import { Card } from '@/components/page/Card';
import { EmptyState } from '@/components/page/EmptyState';
import { Page } from '@/components/page/Page';

/** In place of a page on which the providers of the whole hub are changed. */
export function AdministratorsOnly({ title, above }: { title: string; above: ReactNode }) {
  return <Page title={title} above={above}><Card><EmptyState icon={<Blocks size={22} />} title="Providers are added by administrators">They are there for all workspaces of this hub. Ask one of its administrators.</EmptyState></Card></Page>;
}
