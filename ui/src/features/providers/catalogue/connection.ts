import type { Action } from '@/api/providers';

export interface Need {
  name: string;
  help: string;
  required: boolean;
}

/** The secrets that a provider's actions take, each once. */
export function connectionOf(actions: readonly Action[]): Need[] {
  const needs = new Map<string, Need>();
  for (const action of actions) {
    for (const parameter of action.parameters) {
      if (!parameter.secret) continue;
      const known = needs.get(parameter.name);
      needs.set(parameter.name, { name: parameter.name, help: known?.help ?? parameter.help, required: (known?.required ?? true) && parameter.required });
    }
  }
  return [...needs.values()];
}
