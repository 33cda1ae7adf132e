// Makes every call of Google's Grafeas client, one after the other, and prints one JSON object: the name of each step with
// what the client handed over, or the code that it reported. Usage: node calls.js HOST PORT PROJECT
process.env.METADATA_SERVER_DETECTION = 'none'; // else it looks for a cloud around it, beyond this machine
const { GrafeasClient } = require('@google-cloud/grafeas').v1;
const { grpc } = require('google-gax');

const [host, port, project] = process.argv.slice(2);
const parent = `projects/${project}`;
const client = new GrafeasClient({ apiEndpoint: host, port: Number(port), sslCreds: grpc.credentials.createInsecure(), fallback: false });
const note = id => ({ build: { builderVersion: id } });
const occurrence = version => ({
  noteName: `${parent}/notes/build`,
  resourceUri: `https://acme-docker-images.bintray.io/team/web:${version}`,
  build: { provenance: { id: `b-${version}`, creator: 'ci', builtArtifacts: [{ id: 'sha256:1', names: [`team/web:${version}`] }] } },
});

async function collect(pages) {
  const all = [];
  for await (const item of pages) all.push(item);
  return all;
}

const first = async call => (await call)[0];
let created; // name of the occurrence that later steps are about

const steps = [
  ['create note', () => first(client.createNote({ parent, noteId: 'build', note: note('1') }))],
  ['create note again', () => first(client.createNote({ parent, noteId: 'build', note: note('1') }))],
  ['batch create notes', () => first(client.batchCreateNotes({ parent, notes: Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map(id => [id, note(id)])) }))],
  ['get note', () => first(client.getNote({ name: `${parent}/notes/build` }))],
  ['get missing note', () => first(client.getNote({ name: `${parent}/notes/none` }))],
  ['get malformed note', () => first(client.getNote({ name: 'nonsense' }))],
  ['list notes by pages of two', () => collect(client.listNotesAsync({ parent, pageSize: 2 }))],
  ['list notes all at once', () => first(client.listNotes({ parent, pageSize: 2 }))],
  ['update note', () => first(client.updateNote({
    name: `${parent}/notes/build`, note: { shortDescription: 'short', longDescription: 'not named by the mask' }, updateMask: { paths: ['short_description'] },
  }))],
  ['create occurrence', async () => {
    const answer = await first(client.createOccurrence({ parent, occurrence: occurrence('1.0') }));
    created = answer.name;
    return answer;
  }],
  ['batch create occurrences', () => first(client.batchCreateOccurrences({ parent, occurrences: ['1.1', '1.2', '1.3', '1.4'].map(occurrence) }))],
  ['create invalid occurrence', () => first(client.createOccurrence({ parent, occurrence: { ...occurrence('1'), resourceUri: '' } }))],
  ['get occurrence', () => first(client.getOccurrence({ name: created }))],
  ['list occurrences by pages of two', () => collect(client.listOccurrencesAsync({ parent, pageSize: 2 }))],
  ['list occurrences by filter', () => collect(client.listOccurrencesAsync({ parent, filter: 'resourceUrl="https://acme-docker-images.bintray.io/team/web:1.2"' }))],
  ['list occurrences by wrong filter', () => collect(client.listOccurrencesAsync({ parent, filter: 'resourceUrl=' }))],
  ['update occurrence', () => first(client.updateOccurrence({ name: created, occurrence: { remediation: 'none needed' }, updateMask: { paths: ['remediation'] } }))],
  ['get occurrence note', () => first(client.getOccurrenceNote({ name: created }))],
  ['list note occurrences by pages of two', () => collect(client.listNoteOccurrencesAsync({ name: `${parent}/notes/build`, pageSize: 2 }))],
  ['delete occurrence', () => first(client.deleteOccurrence({ name: created }))],
  ['get deleted occurrence', () => first(client.getOccurrence({ name: created }))],
  ['delete note', () => first(client.deleteNote({ name: `${parent}/notes/e` }))],
  ['delete note again', () => first(client.deleteNote({ name: `${parent}/notes/e` }))],
];

(async () => {
  const results = {};
  for (const [name, call] of steps) {
    try {
      results[name] = { ok: true, answer: await call() };
    } catch (error) {
      if (typeof error.code !== 'number') throw error;
      results[name] = { ok: false, code: grpc.status[error.code], reason: error.details };
    }
  }

  await client.close();
  console.log(JSON.stringify(results));
})();
