// Holds requests against the documents of vendors, by Prism's own router and validator: node check.mjs REQUESTS.json FOLDER
// REQUESTS.json is a list of {name, documents, free, method, path, query, headers, body}, where 'free' names the parameters in which anything may stand; each line of the answer is
// {name, document, found, errors}, or {document, failed} for a document that Prism cannot use.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';

const require = createRequire(import.meta.url);
const { getHttpOperationsFromSpec } = require('@stoplight/prism-http/dist/utils/operations');
const route = require('@stoplight/prism-http/dist/router').default;
const { validateInput } = require('@stoplight/prism-http/dist/validator');

const [requestsFile, folder] = process.argv.slice(2);
const requests = JSON.parse(readFileSync(requestsFile, 'utf8'));

function basesOf(document) {
  const urls = document.swagger
    ? [`https://${document.host ?? 'x'}${document.basePath ?? ''}`]
    : (document.servers ?? []).map((server) =>
        server.url.replace(/\{([^}]+)\}/g, (_, name) => server.variables?.[name]?.default || 'x'));
  return [...new Set(urls.map((url) => (/^https?:\/\/[^/]*(\/[^?#]*)?/.exec(url)?.[1] ?? (url.startsWith('/') ? url : '')).replace(/\/+$/, '')))];
}

const segments = (path) => path.replace(/\/+$/, '').split('/');

function fits(template, path) {
  const [left, right] = [segments(template.split('?')[0].split('#')[0]), segments(path)];
  return left.length === right.length && left.every((part, index) => part.includes('{') || part === right[index] || decodeURIComponent(right[index]) === part);
}

// Under which paths of the document the request may stand: without what the document's servers begin with.
function pathsOf(document, path) {
  const shorter = basesOf(document).filter((base) => base && path.startsWith(`${base}/`)).map((base) => path.slice(base.length));
  return [...new Set([...shorter, path])];
}

// Of a document only what these paths ask of a request, and what that refers to: the whole of a large one takes minutes.
function slim(document, templates) {
  const made = { ...(document.swagger ? { swagger: document.swagger, consumes: document.consumes } : { openapi: document.openapi }), info: document.info, paths: {} };
  const refer = (value) => {
    if (Array.isArray(value)) value.forEach(refer);
    else if (value && typeof value === 'object') {
      if (typeof value.$ref === 'string' && value.$ref.startsWith('#/')) bring(value.$ref);
      Object.values(value).forEach(refer);
    }
  };
  const bring = (reference) => {
    const keys = reference.slice(2).split('/').map((key) => decodeURIComponent(key).replace(/~1/g, '/').replace(/~0/g, '~'));
    let [from, to] = [document, made];
    for (const key of keys.slice(0, -1)) {
      from = from?.[key];
      to = to[key] ??= {};
    }
    const last = keys.at(-1);
    if (last in to || from?.[last] === undefined) return;
    to[last] = from[last];
    refer(from[last]);
  };
  for (const template of templates) {
    const item = document.paths[template];
    made.paths[template] = { ...(item.parameters && { parameters: item.parameters }) };
    for (const method of ['get', 'put', 'post', 'delete', 'patch', 'head']) {
      if (!item[method]) continue;
      const { parameters, requestBody, consumes, operationId } = item[method];
      made.paths[template][method] = { operationId, ...(parameters && { parameters }), ...(requestBody && { requestBody }), ...(consumes && { consumes }), responses: { default: { description: '' } } };
    }
  }
  refer(made.paths);
  return made;
}

async function read(name) {
  const document = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const mine = requests.filter((request) => request.documents.includes(name));
  const templates = Object.keys(document.paths ?? {});
  const wanted = new Set();
  for (const request of mine) {
    for (const path of pathsOf(document, request.path)) {
      templates.filter((template) => fits(template, path)).forEach((template) => wanted.add(template));
    }
  }
  const operations = wanted.size === 0 ? [] : await getHttpOperationsFromSpec(slim(document, [...wanted]));
  return { name, document, operations };
}

function bodyOf(request) {
  if (!request.body) return undefined;
  const text = Buffer.from(request.body, 'base64').toString('latin1');
  const type = request.headers['content-type'] ?? '';
  if (/json/.test(type)) {
    try {
      return JSON.parse(Buffer.from(request.body, 'base64').toString('utf8'));
    } catch {
      return text;
    }
  }
  return text;
}

// The values are made up: a text that is no UUID, or is none of the words that the vendor takes, says nothing of the manifest, and neither does what stands within a parameter that is free.
function isAboutTheRequest(error, request) {
  if (error.severity !== 0 || /must match (format|pattern)|must NOT have (fewer|more) than|allowed values|must have required property '(token|api_key|login|authtoken)'/.test(error.message)) return false;
  const free = request.free.map((name) => name.toLowerCase());
  const at = (error.path ?? []).findIndex((part) => free.includes(String(part).toLowerCase()));
  return at < 0 || (at === error.path.length - 1 && /must be/.test(error.message));
}

function check(read, request) {
  let best = { found: false, errors: [] };
  for (const path of pathsOf(read.document, request.path)) {
    const query = {};
    for (const [name, value] of request.query) query[name] = name in query ? [].concat(query[name], value) : value;
    const input = { method: request.method.toLowerCase(), url: { path, query }, headers: request.headers, body: bodyOf(request) };
    const found = route({ resources: read.operations, input });
    if (found._tag === 'Left') {
      if (!best.found && /METHOD/.test(found.left.type ?? found.left.name ?? '')) best = { found: false, errors: ['another method'] };
      continue;
    }
    const result = validateInput({ resource: found.right, element: input });
    const errors = result._tag === 'Left' ? result.left.filter((error) => isAboutTheRequest(error, request)).map((error) => `${(error.path ?? []).join('.')}: ${error.message}`) : [];
    if (!best.found || errors.length < best.errors.length) best = { found: true, errors };
  }
  return best;
}

async function answer(name) {
  const loaded = await read(name);
  return requests.filter((request) => request.documents.includes(name)).map((request) => {
    try {
      return { name: request.name, document: name, ...check(loaded, request) };
    } catch (error) {
      return { name: request.name, document: name, failed: String(error?.message ?? error).slice(0, 300) };
    }
  });
}

// Schemas that refer to each other in circles keep Prism busy for ever: such a document is given up after a while, and told.
const secondsMax = 60;

async function main() {
  const left = [...new Set(requests.flatMap((request) => request.documents))].sort();
  while (left.length > 0) {
    await new Promise((done) => {
      const worker = new Worker(new URL(import.meta.url), { workerData: { documents: [...left] }, argv: process.argv.slice(2), resourceLimits: { maxOldGenerationSizeMb: 4000 } });
      const next = () => {
        clearTimeout(timer);
        timer = setTimeout(giveUp, secondsMax * 1000);
      };
      const giveUp = () => {
        console.log(JSON.stringify({ document: left.shift(), failed: `it takes Prism more than ${secondsMax} seconds` }));
        worker.terminate().then(done);
      };
      let timer = setTimeout(giveUp, secondsMax * 1000);
      worker.on('message', (lines) => {
        left.shift();
        lines.forEach((line) => console.log(JSON.stringify(line)));
        next();
        if (left.length === 0) clearTimeout(timer), done();
      });
      worker.on('error', (error) => {
        clearTimeout(timer);
        console.log(JSON.stringify({ document: left.shift(), failed: String(error?.message ?? error).slice(0, 300) }));
        done();
      });
    });
  }
}

if (isMainThread) {
  await main();
  process.exit(0);
} else {
  for (const name of workerData.documents) {
    let lines;
    try {
      lines = await answer(name);
    } catch (error) {
      lines = [{ document: name, failed: String(error?.message ?? error).slice(0, 300) }];
    }
    parentPort.postMessage(lines);
  }
}
