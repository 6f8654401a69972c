import { Card } from '@/components/page/Card';
import { EmptyState } from '@/components/page/EmptyState';
import { Page } from '@/components/page/Page';

export function SitesPage() {
  return (
    <Page title="Sites">
      <Card><EmptyState title="This page is being built">Websites from their domain to their visitors. They come with the next version of this hub.</EmptyState></Card>
    </Page>
  );
}
