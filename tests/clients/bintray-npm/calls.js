// Makes every call of the npm client that works in its last version, one after the other, and prints one JSON object:
// the name of each step with the status and data that the client handed over. Usage: node calls.js URL USER API-KEY
const Bintray = require('bintray');

const [baseUrl, username, apikey] = process.argv.slice(2);
const client = new Bintray({ username, apikey, organization: 'acme', repository: 'generic', baseUrl });
const attributes = [
  { name: 'ci.system', values: ['codefresh', 'drone'], type: 'string' },
  { name: 'build.number', values: [41], type: 'number' },
];

const steps = [
  ['repositories', () => client.getRepositories()],
  ['repository', () => client.getRepository()],
  ['no licence', () => client.createPackage({ name: 'app' })],
  ['create package', () => client.createPackage({ name: 'app', licenses: ['MIT'], vcs_url: 'https://example.com/app.git' })],
  ['create package again', () => client.createPackage({ name: 'app', licenses: ['MIT'], vcs_url: 'https://example.com/app.git' })],
  ['create docker-like package', () => client.createPackage({ name: 'team:web', licenses: ['MIT'], vcs_url: 'https://example.com/web.git' })],
  ['packages', () => client.getPackages(0, 'team')],
  ['update package', () => client.updatePackage('app', { desc: 'an application' })],
  ['package', () => client.getPackage('app')],
  ['no latest version', () => client.getPackageVersion('app')],
  ['create version', () => client.createPackageVersion('app', { name: '1.0', desc: 'first' })],
  ['create version again', () => client.createPackageVersion('app', { name: '1.0' })],
  ['update version', () => client.updatePackageVersion('app', '1.0', { desc: 'changed' })],
  ['latest version', () => client.getPackageVersion('app')],
  ['set package attributes', () => client.setPackageAttrs('app', attributes)],
  ['package attributes', () => client.getPackageAttrs('app', 'build.number,nothing')],
  ['set version attributes', () => client.setPackageAttrs('app', attributes, '1.0')],
  ['update version attributes', () => client.updatePackageAttrs('app', [{ name: 'build.number', values: [42] }], '1.0')],
  ['version attributes', () => client.getVersionAttrs('app', 'ci.system,build.number', '1.0')],
  ['version attributes without names', () => client.getVersionAttrs('app', undefined, '1.0')],
  ['search versions', () => client.searchAttributes([{ 'build.number': '[42,]' }], 'app')],
  ['search packages by attribute', () => client.searchAttributes([{ 'ci.system': ['drone'] }])],
  ['search packages', () => client.searchPackage('app', null, 'acme', 'generic')],
  ['delete version attributes', () => client.deletePackageAttrs('app', 'ci.system,build.number', '1.0')],
  ['version attributes after', () => client.getVersionAttrs('app', 'ci.system', '1.0')],
  ['publish', () => client.publishPackage('app', '1.0', false)],
  ['webhooks', () => client.getWebhooks('generic')],
  ['all webhooks', () => client.getWebhooks()],
  ['user', () => client.getUser(username)],
  ['delete version', () => client.deletePackageVersion('app', '1.0')],
  ['delete package', () => client.deletePackage('app')],
  ['package after', () => client.getPackage('app')],
];

(async () => {
  const results = {};
  for (const [name, call] of steps) {
    try {
      const { code, data } = await call();
      results[name] = { ok: true, code, data };
    } catch (error) {
      if (error instanceof Error) throw error;
      results[name] = { ok: false, code: error.code, data: error.data };
    }
  }
  console.log(JSON.stringify(results));
})();
