// Checks the examples in deploy/ against the descriptions of those who read them, and prints one line for each mistake:
// compose.yaml against the Compose Specification's schema, kubernetes/*.yaml against the types made from Kubernetes' own OpenAPI document,
// the Dockerfile by a linter. Usage: node check.mjs FOLDER
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv/dist/2019.js';
import ts from 'typescript';
import { parse, parseAllDocuments } from 'yaml';

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2];
const problems = [];

checkCompose('compose.yaml');
for (const name of readdirSync(join(folder, 'kubernetes'))) checkKubernetes(join('kubernetes', name));
checkDockerfile('Dockerfile');
for (const problem of problems) console.log(problem);
process.exit(problems.length === 0 ? 0 : 1);

function checkCompose(name) {
  // Its ids are those of an older draft; within one file they name nothing.
  const schema = JSON.parse(readFileSync(join(here, 'compose-spec.schema.json'), 'utf8'), (key, value) => key === 'id' && typeof value === 'string' ? undefined : value);
  delete schema.$schema;
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  const validate = ajv.compile(schema);
  if (validate(parse(readFileSync(join(folder, name), 'utf8')))) return;
  for (const error of validate.errors) problems.push(`${name}: ${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`);
}

// A literal of the kind's own type: unknown fields, missing ones and values of another type are errors.
function checkKubernetes(name) {
  const documents = parseAllDocuments(readFileSync(join(folder, name), 'utf8')).map(document => document.toJS());
  const source = documents.map((document, number) => {
    const [group, version] = document.apiVersion.includes('/') ? document.apiVersion.split('/') : ['core', document.apiVersion];
    return `import type { ${document.kind} as Kind${number} } from 'kubernetes-types/${group.split('.')[0]}/${version}';\n`
      + `export const document${number}: Kind${number} = ${JSON.stringify(document, null, 1)};\n`;
  }).join('');
  const file = join(here, 'manifest.ts');
  const options = { noEmit: true, strict: true, skipLibCheck: true, types: [], module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (path, ...rest) => path === file ? ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true) : read(path, ...rest);
  host.fileExists = (exists => path => path === file || exists(path))(host.fileExists.bind(host));
  for (const diagnostic of ts.getPreEmitDiagnostics(ts.createProgram([file], options, host))) {
    const line = diagnostic.file?.fileName === file ? source.split('\n')[diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start).line].trim() : '';
    problems.push(`${name}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')} At: ${line}`);
  }
}

function checkDockerfile(name) {
  const linter = createRequire(import.meta.url)('dockerfilelint');
  // The SDK and runtime images are tagged by the version of .NET, which is as exact as they are to be.
  const accepted = new Set(['Base Image Latest Tag']);
  for (const issue of linter.run(here, readFileSync(join(folder, name), 'utf8')))
    if (!accepted.has(issue.title)) problems.push(`${name}, line ${issue.line}: ${issue.title}: ${issue.description}`);
}
