import { Card } from '@/components/page/Card';
import { EmptyState } from '@/components/page/EmptyState';
import { Page } from '@/components/page/Page';

export function AgentsPage() {
  return (
    <Page title="Agents">
      <Card><EmptyState title="This page is being built">Programs on other machines that perform steps there. They come with the next version of this hub.</EmptyState></Card>
    </Page>
  );
}
