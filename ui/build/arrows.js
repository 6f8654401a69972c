import { dirname, relative, resolve, sep } from 'node:path';

const layers = { app: ['features', 'components', 'api'], features: ['components', 'api'], components: [], api: [] };

/** Which layer a file of src is in, and for features which one; null for others. */
function placeOf(file) {
  const source = resolve(import.meta.dirname, '../src');
  const [layer, name] = relative(source, file).split(sep);
  return layer in layers ? { layer, name } : null;
}

/**
 * What is wrong with an import; null when nothing is. app uses features, features use components and api; nothing points up or sideways.
 * @param {string} file The file that imports.
 * @param {string} target What it says.
 */
export function breach(file, target) {
  if (!target.startsWith('.') && !target.startsWith('@/')) return null;
  const from = placeOf(file);
  const to = placeOf(target.startsWith('@/') ? resolve(import.meta.dirname, '../src', target.slice(2)) : resolve(dirname(file), target));
  if (from === null || to === null) return null;
  if (from.layer === to.layer) {
    return from.layer === 'features' && from.name !== to.name ? `The feature '${from.name}' uses the feature '${to.name}': what both need belongs into components or api.` : null;
  }
  return layers[from.layer].includes(to.layer) ? null : `'${from.layer}' uses '${to.layer}': arrows go app → features → components, api.`;
}

/** @type {import('eslint').Rule.RuleModule} */
export const arrows = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const check = node => {
      if (typeof node.source?.value !== 'string') return;
      const message = breach(context.filename, node.source.value);
      if (message !== null) context.report({ node, message });
    };
    return { ImportDeclaration: check, ImportExpression: check, ExportNamedDeclaration: check, ExportAllDeclaration: check };
  },
};
