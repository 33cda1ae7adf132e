// Variables, repetition, paths and matchers of tests/conformance.
const { isDeepStrictEqual } = require('node:util');

function fill(json, names) {
  if (typeof json === 'string') return json.replace(/\$\{(\w+)\}/g, (all, name) => names[name] ?? all);
  if (Array.isArray(json)) return json.map(item => fill(item, names));
  if (json === null || typeof json !== 'object') return json;
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [fill(key, names), fill(value, names)]));
}

// Puts a list, or with a key a map, of numbered items into the request.
function repeat(request, wish, names) {
  if (!wish) return;
  const steps = wish.path.split('.');
  const last = steps.pop();
  const parent = steps.reduce((node, step) => (node[step] ??= {}), request);
  const numbered = Array.from({ length: wish.count }, (_, i) => ({ ...names, i: String(i).padStart(4, '0') }));
  parent[last] = wish.key === undefined
    ? numbered.map(own => fill(wish.item, own))
    : Object.fromEntries(numbered.map(own => [fill(wish.key, own), fill(wish.item, own)]));
}

// a.b[0].c, a[*].b (collects) and a["k.x"]; undefined when nothing is there.
function at(root, path) {
  let here = [root];
  let collects = false;
  for (const [step] of path.matchAll(/\["[^"]*"\]|\[\*\]|\[\d+\]|[^.[\]]+/g)) {
    if (step === '[*]') {
      collects = true;
      here = here.flatMap(node => (Array.isArray(node) ? node : []));
    } else {
      const key = step.startsWith('["') ? step.slice(2, -2) : step.startsWith('[') ? Number(step.slice(1, -1)) : step;
      here = here.map(node => node?.[key]).filter(node => node !== undefined && node !== null);
    }
  }

  return collects ? here : here[0];
}

// 10:00:00Z, 10:00:00.000Z and 10:00:00.000000Z are one time; printers differ.
function plain(json) {
  if (typeof json === 'string') return json.replace(/^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d*?)0*Z$/, (_, whole, part) => `${whole}${part === '.' ? '' : part}Z`);
  if (Array.isArray(json)) return json.map(plain);
  return isObject(json) ? Object.fromEntries(Object.entries(json).map(([key, value]) => [key, plain(value)])) : json;
}

const isObject = value => value !== null && typeof value === 'object' && !Array.isArray(value);
const sameAs = (got, want) => isDeepStrictEqual(plain(got ?? null), plain(want ?? null));
const count = got => (Array.isArray(got) ? got.length : got && typeof got === 'object' ? Object.keys(got).length : 0);
const isMatcher = value => isObject(value) && Object.keys(value).some(key => key.startsWith('$'));

// Each says whether what is there fits what is wanted.
const matchers = {
  $exists: (got, want) => (got !== undefined && got !== null) === want,
  $count: (got, want) => count(got) === want,
  $regex: (got, want) => typeof got === 'string' && new RegExp(want).test(got),
  $set: (got, want) => count(got) === want.length && want.every(w => got?.some(g => sameAs(g, w))) && (got ?? []).every(g => want.some(w => sameAs(g, w))),
  $not: (got, want) => !fits(got, want),
  $gte_time: (got, want) => Date.parse(got) >= Date.parse(want),
  $default: (got, want) => got === undefined || sameAs(got, want),
  $subset: (got, want) => subset(got, want),
};

function subset(got, want) {
  return isObject(got) && Object.entries(want).every(([key, value]) =>
    isObject(value) && !isMatcher(value) ? subset(got[key], value) : fits(got[key], value));
}

function fits(got, want) {
  if (!isMatcher(want)) return sameAs(got, want);
  return Object.entries(want).every(([name, value]) => {
    if (!matchers[name]) throw new Error(`no matcher is called ${name}`);
    return matchers[name](got, value);
  });
}

module.exports = { fill, repeat, at, fits };
