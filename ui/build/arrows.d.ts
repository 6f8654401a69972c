import type { Rule } from 'eslint';

export function breach(file: string, target: string): string | null;
export const arrows: Rule.RuleModule;
