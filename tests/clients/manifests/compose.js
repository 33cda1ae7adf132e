// Usage: node compose.js FILE [FILE]...
// Prints what compose makes of its files laid over one another, as JSON: maps are merged, lists are joined, anything else is
// replaced; !reset takes a value out and !override replaces it whole.
import { readFileSync } from 'node:fs';
import { isAlias, isMap, isSeq, parseDocument } from 'yaml';

const RESET = Symbol('reset');

class Override {
  constructor(value) { this.value = value; }
}

function plain(node, document) {
  if (node === null) return null;
  if (isAlias(node)) return plain(node.resolve(document), document);
  if (node.tag === '!reset') return RESET;
  const value = isMap(node) ? Object.fromEntries(node.items.map(({ key, value }) => [key.value, plain(value, document)]))
    : isSeq(node) ? node.items.map(item => plain(item, document))
    : node.value;
  return node.tag === '!override' ? new Override(value) : value;
}

function laidOver(below, above) {
  if (above instanceof Override) return laidOver(undefined, above.value);
  if (Array.isArray(above)) return [...(Array.isArray(below) ? below : []), ...above];
  if (above === null || typeof above !== 'object') return above;
  const merged = { ...below };
  for (const [key, value] of Object.entries(above)) {
    if (value === RESET) delete merged[key];
    else merged[key] = laidOver(merged[key], value);
  }
  return merged;
}

const files = process.argv.slice(2).map(file => {
  const document = parseDocument(readFileSync(file, 'utf8'), { logLevel: 'silent', merge: true });
  if (document.errors.length > 0) throw new Error(`${file}: ${document.errors[0].message}`);
  return plain(document.contents, document);
});
console.log(JSON.stringify(files.reduce(laidOver, {})));
