// Usage: node check.js FILE
// Checks the manifests in a file against the schemas of the Kubernetes API: types, required fields, values, formats,
// and that there is no field that the schema does not know. One line for each object; exit code 1 when one is wrong.
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

// networking.k8s.io/v1 NetworkPolicy -> IoK8sApiNetworkingV1NetworkPolicy
async function schemaOf({ apiVersion = '', kind = '' }) {
  const [version, group = 'core'] = String(apiVersion).split('/').reverse();
  const name = [group.split('.')[0], version, kind].map(part => part.charAt(0).toUpperCase() + part.slice(1)).join('');
  if (!/^[A-Za-z0-9]+$/.test(name)) throw new Error(`no schema of ${apiVersion} ${kind}`);
  const { validate } = await import(`kubernetes-models/_schemas/IoK8sApi${name}`)
    .catch(cause => { throw new Error(`no schema of ${apiVersion} ${kind}`, { cause }); });
  return validate;
}

// The compiled schemas let unknown fields pass. They read every field that they know, and every entry of a map, so what they
// never read is unknown to them.
function watched(value, path, unread) {
  if (value === null || typeof value !== 'object') return value;
  const inner = {};
  for (const key of Object.keys(value)) {
    const at = `${path}/${key}`;
    if (!Array.isArray(value)) unread.add(at);
    inner[key] = watched(value[key], at, unread);
  }
  return new Proxy(value, {
    get(target, key) {
      if (typeof key !== 'string' || !Object.hasOwn(inner, key)) return target[key];
      unread.delete(`${path}/${key}`);
      return inner[key];
    },
  });
}

async function problemsOf(manifest) {
  const validate = await schemaOf(manifest);
  const unread = new Set();
  const valid = validate(watched(manifest, '', unread));
  const wrong = valid ? [] : validate.errors.map(error => `${error.instancePath || '/'}: ${error.keyword} ${JSON.stringify(error.params)}`);
  // What is below an unknown field was not read either: its name is enough.
  const unknown = [...unread].filter(at => ![...unread].some(other => at.startsWith(`${other}/`)));
  return [...wrong, ...unknown.map(at => `${at}: unknown field`)];
}

const documents = parseAllDocuments(readFileSync(process.argv[2], 'utf8')).filter(document => document.contents !== null);
let failed = documents.length === 0;
for (const document of documents) {
  const manifest = document.errors.length === 0 ? document.toJS() : {};
  const problems = document.errors.length > 0
    ? document.errors.map(error => error.message)
    : await problemsOf(manifest).catch(error => [error.message]);
  console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${manifest.apiVersion} ${manifest.kind} ${manifest.metadata?.name}`);
  for (const problem of problems) console.log(`     ${problem}`);
  failed ||= problems.length > 0;
}
process.exit(failed ? 1 : 0);
