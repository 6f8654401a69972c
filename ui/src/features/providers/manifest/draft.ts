import { parse, stringify } from 'yaml';

export const signIns = ['none', 'bearer', 'header', 'query', 'basic'] as const;
export type SignIn = (typeof signIns)[number];

export const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

export const parameterTypes = ['string', 'integer', 'number', 'boolean', 'list', 'map', 'datetime', 'file', 'any'] as const;

export interface ParameterDraft {
  name: string;
  type: string;
  required: boolean;
  help: string;
}

export interface ActionDraft {
  id: string;
  help: string;
  method: string;
  path: string;
  parameters: ParameterDraft[];
}

/** A manifest as the form shows it. */
export interface ManifestDraft {
  id: string;
  name: string;
  category: string;
  help: string;
  docs: string;
  baseUrl: string;
  signIn: SignIn;
  /** The header or the query parameter of the key. */
  keyName: string;
  /** What tests a connection, such as /me; empty when nothing does. */
  testPath: string;
  /** Where its answer says whose it is. */
  testWho: string;
  actions: ActionDraft[];
}

export const emptyAction: ActionDraft = { id: '', help: '', method: 'GET', path: '', parameters: [] };

export const emptyDraft: ManifestDraft = {
  id: '', name: '', category: 'Generic & protocol', help: '', docs: '', baseUrl: '', signIn: 'bearer', keyName: '', testPath: '', testWho: '', actions: [emptyAction],
};

/** "Acme CRM" is called "acme-crm" by steps. */
export const idOf = (name: string): string => name.toLowerCase().normalize('NFKD').replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 49).replace(/-+$/, '');

const pathNames = (path: string): string[] => [...path.matchAll(/\{([^{}]+)\}/g)].map(found => found[1]!);

/** The manifest in which all that is in the form stands; what the form does not ask for is made from what it does. */
export function manifestOf(draft: ManifestDraft, today: string): string {
  return stringify({ ...withoutDate(draft), checked: { date: today, against: draft.docs || draft.baseUrl } }, { lineWidth: 0 });
}

function withoutDate(draft: ManifestDraft) {
  return {
    schema: 'provider/v1',
    id: draft.id,
    name: draft.name,
    category: draft.category,
    help: draft.help || `Calls ${draft.name}.`,
    docs: draft.docs || draft.baseUrl,
    base_url: draft.baseUrl.replace(/\/+$/, ''),
    auth: [authOf(draft)],
    ...(draft.testPath !== '' && { verify: { call: `GET ${draft.testPath}`, ...(draft.testWho !== '' && { who: draft.testWho }) } }),
    actions: Object.fromEntries(draft.actions.map(action => [action.id, actionOf(action)])),
  };
}

const key = { api_key: { label: 'API key', help: 'The key or token of the API.', secret: true, required: true } };

function authOf({ signIn, keyName }: ManifestDraft): Record<string, unknown> {
  switch (signIn) {
    case 'none':
      return { kind: 'none' };
    case 'bearer':
      return { kind: 'bearer', fields: key };
    case 'basic':
      return {
        kind: 'basic', username: '${connection.username}', password: '${connection.password}',
        fields: { username: { help: 'The name that one signs in by.', required: true }, password: { help: 'Its password.', secret: true, required: true } },
      };
    default:
      return { kind: 'api_key', send: [{ in: signIn, name: keyName, value: '${connection.api_key}' }], fields: key };
  }
}

function actionOf({ help, method, path, parameters }: ActionDraft) {
  const declared = parameters.map(parameter => [parameter.name, {
    help: parameter.help || 'As the API describes it.',
    ...(parameter.type !== 'string' && { type: parameter.type }),
    ...(parameter.required && { required: true }),
  }] as const);
  const inPath = pathNames(path).filter(name => parameters.every(parameter => parameter.name !== name)).map(name => [name, { help: 'A part of the path.', required: true }] as const);
  const params = Object.fromEntries<unknown>([...inPath, ...declared]);
  return { help: help || `Calls ${path}.`, call: `${method} ${path}`, ...(Object.keys(params).length > 0 && { params }) };
}

/** A manifest as the form shows it; undefined when it holds more than the form can show, and so is changed as text. */
export function draftOf(manifest: string): ManifestDraft | undefined {
  // A comment would be lost.
  if (/(^|\s)#/m.test(manifest)) return undefined;
  try {
    const read = { ...mapOf(parse(manifest)) };
    delete read.checked;
    const draft = readDraft(read);
    return same(withoutDate(draft), read) ? draft : undefined;
  } catch {
    return undefined;
  }
}

const mapOf = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {});
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function readDraft(read: Record<string, unknown>): ManifestDraft {
  const auth = mapOf((read.auth as unknown[])[0]);
  const send = Array.isArray(auth.send) ? mapOf(auth.send[0]) : {};
  const verify = mapOf(read.verify);
  return {
    id: textOf(read.id),
    name: textOf(read.name),
    category: textOf(read.category),
    help: textOf(read.help),
    docs: textOf(read.docs),
    baseUrl: textOf(read.base_url),
    signIn: signIns.find(each => each === auth.kind) ?? (send.in === 'query' ? 'query' : 'header'),
    keyName: textOf(send.name),
    testPath: textOf(verify.call).replace(/^GET /, ''),
    testWho: textOf(verify.who),
    actions: Object.entries(mapOf(read.actions)).map(([id, value]) => {
      const action = mapOf(value);
      const [method = '', path = ''] = textOf(action.call).split(/ (.*)/s);
      return {
        id, help: textOf(action.help), method, path,
        parameters: Object.entries(mapOf(action.params)).map(([name, parameter]) => {
          const { type, required, help } = mapOf(parameter);
          return { name, type: type === undefined ? 'string' : textOf(type), required: required === true, help: textOf(help) };
        }),
      };
    }),
  };
}

/** Whether two values say the same, in whatever order their members stand. */
function same(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || one === null || typeof other !== 'object' || other === null) return one === other;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [first, second] = [one as Record<string, unknown>, other as Record<string, unknown>];
  const names = Object.keys(first);
  return names.length === Object.keys(second).length && names.every(name => name in second && same(first[name], second[name]));
}

const isWebAddress = (text: string): boolean => /^https?:\/\/[^\s/]+/.test(text);

/** What is to be mended before the manifest can be saved, by the field's name: "actions.0.id". The hub looks at all the rest. */
export function problemsOf(draft: ManifestDraft): Record<string, string> {
  const found: [string, string | false][] = [
    ['name', draft.name.trim() === '' && 'This is needed.'],
    ['id', !/^[a-z0-9][a-z0-9_-]{0,48}$/.test(draft.id) && 'Lower-case letters, digits, "-" and "_", at most 49.'],
    ['baseUrl', !isWebAddress(draft.baseUrl) && 'An address such as https://api.example.com/v1.'],
    ['docs', draft.docs !== '' && !isWebAddress(draft.docs) && 'An address such as https://docs.example.com.'],
    ['keyName', (draft.signIn === 'header' || draft.signIn === 'query') && draft.keyName.trim() === '' && 'This is needed.'],
    ['testPath', draft.testPath !== '' && !draft.testPath.startsWith('/') && 'It begins with "/".'],
    ...draft.actions.flatMap((action, index): [string, string | false][] => [
      [`actions.${index}.id`, !/^[a-z][a-z0-9_]{0,63}$/.test(action.id) ? 'Lower-case letters, digits and "_".' : draft.actions.findIndex(other => other.id === action.id) < index && 'There is one of this name already.'],
      [`actions.${index}.path`, !action.path.startsWith('/') && 'It begins with "/".'],
      ...action.parameters.map(({ name }, place): [string, string | false] => [
        `actions.${index}.parameters.${place}`, name === '' ? 'This is needed.' : action.parameters.findIndex(other => other.name === name) < place && 'There is one of this name already.',
      ]),
    ]),
  ];
  return Object.fromEntries(found.filter((entry): entry is [string, string] => entry[1] !== false));
}
