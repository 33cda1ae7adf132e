// Runs the cases of tests/conformance against a bridge over gRPC, and prints each failure and the sums.
// Usage: node run.js HOST:PORT [ID-PREFIX]. Exit status: 0, 1 when a case failed, 2 for wrong usage or no case.
const fs = require('node:fs');
const path = require('node:path');
const { Wire } = require('./wire');
const { fill, repeat, at, fits } = require('./matching');

const folder = path.join(__dirname, '..', '..', 'conformance');
const run = process.hrtime.bigint().toString(36);
const atOnce = 8; // each case has projects of its own
let serial = 0;

function freshNames() {
  serial++;
  return { P: `c-${run}-${serial}`, P2: `d-${run}-${serial}` };
}

const short = json => (JSON.stringify(json) ?? 'nothing').slice(0, 400);

async function runStep(wire, step, names) {
  const request = fill(step.request ?? {}, names);
  repeat(request, step.repeat, names);
  repeat(request, step.repeat_map, names);
  const { code, detail, answer } = await wire.call(step.rpc, request);
  const wanted = [step.expect?.code ?? 'OK'].flat();
  if (!wanted.includes(code)) throw new Error(`got ${code} (${detail}), want ${wanted.join(' or ')}`);
  if (!answer) return;
  for (const [where, want] of Object.entries(step.expect?.fields ?? {})) {
    const got = at(answer, where);
    if (!fits(got, fill(want, names))) throw new Error(`${where}: got ${short(got)}, want ${short(fill(want, names))}`);
  }

  for (const [name, from] of Object.entries(step.save ?? {})) {
    const value = at(answer, from.path ?? from);
    if (typeof value !== 'string') throw new Error(`nothing at ${from.path ?? from} to keep`);
    names[name] = from.regex ? value.match(new RegExp(from.regex))[1] : value;
  }
}

async function runSteps(wire, steps, names) {
  for (const [i, step] of steps.entries()) {
    try {
      await runStep(wire, step, names);
    } catch (error) {
      throw new Error(`step ${i}, ${step.rpc}: ${error.message}`);
    }
  }
}

// Laid once; the cases that name it share what it saved.
function laying(wire) {
  const laid = {};
  return async name => {
    laid[name] ??= (async () => {
      const names = freshNames();
      const { steps } = JSON.parse(fs.readFileSync(path.join(folder, 'fixtures', `${name}.json`), 'utf8'));
      await runSteps(wire, steps, names);
      return names;
    })();
    return { ...await laid[name] };
  };
}

async function main([address, prefix = '']) {
  if (!address) {
    console.error('usage: node run.js HOST:PORT [ID-PREFIX]');
    return 2;
  }

  const cases = fs.readdirSync(folder).filter(file => file.endsWith('.json')).sort()
    .flatMap(file => JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8')).cases)
    .filter(one => one.id.startsWith(prefix));
  if (cases.length === 0) {
    console.error(`no case begins with '${prefix}'`);
    return 2;
  }

  const wire = new Wire(address);
  const fixture = laying(wire);
  const sums = { passed: 0, failed: 0 };
  const waiting = cases.filter(one => one.steps);
  const stepless = cases.length - waiting.length;
  const work = async () => {
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      try {
        await runSteps(wire, one.steps, one.fixture ? await fixture(one.fixture) : freshNames());
        sums.passed++;
      } catch (error) {
        sums.failed++;
        console.log(`FAIL ${one.id}: ${error.message}`);
      }
    }
  };

  await Promise.all(Array.from({ length: atOnce }, work));
  wire.close();
  if (stepless > 0) console.log(`${stepless} cases have no steps and are for parsers alone`);
  console.log(`${sums.passed} passed, ${sums.failed} failed`);
  return sums.failed === 0 ? 0 : 1;
}

main(process.argv.slice(2)).then(status => { process.exitCode = status; });
