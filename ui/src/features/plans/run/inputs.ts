import type { SettingDescription } from '@/components/form/settings';
import type { PlanInput } from '../document/model';

const types: Record<string, SettingDescription['type']> = {
  string: 'text', text: 'text', integer: 'integer', number: 'number', boolean: 'boolean', list: 'any', array: 'any', map: 'any', object: 'any', duration: 'duration', address: 'address', any: 'any',
};

/** A plan's inputs as fields of a form. Lists and maps may hold anything: they are given as JSON. */
export const inputSettings = (inputs: readonly PlanInput[]): SettingDescription[] => inputs.map(input => ({
  name: input.name, type: types[input.type] ?? 'any', required: input.required, secret: false, default: input.default, choices: [],
  help: input.description ?? (types[input.type] === 'any' ? `${input.type}, as JSON` : input.type),
}));
