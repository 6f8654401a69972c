import type { ProviderSummary } from '@/api/providers';

export interface Group {
  category: string;
  providers: ProviderSummary[];
}

/** Providers that fit all words of a search, by their categories, both in the order of the alphabet. */
export function groupsOf(providers: readonly ProviderSummary[], search: string | undefined, category: string | undefined): Group[] {
  const words = (search ?? '').toLowerCase().split(/\s+/).filter(word => word !== '');
  const fits = (provider: ProviderSummary) => {
    const text = `${provider.id} ${provider.title} ${provider.help} ${provider.category} ${provider.actions.join(' ')}`.toLowerCase();
    return words.every(word => text.includes(word));
  };
  const groups = new Map<string, ProviderSummary[]>();
  for (const provider of providers) {
    if ((category !== undefined && provider.category !== category) || !fits(provider)) continue;
    groups.set(provider.category, [...(groups.get(provider.category) ?? []), provider]);
  }
  return [...groups].map(([name, found]) => ({ category: name, providers: found.sort((one, other) => one.title.localeCompare(other.title)) })).sort((one, other) => one.category.localeCompare(other.category));
}
