// SPDX-License-Identifier: MIT
// Compares `cairn heap rows` with other readers of the same file, node by node:
//   compare.mjs CAIRN MODULES toolkit|memlab FILE...
// MODULES is a folder with node_modules (tests/heap/package.json). Where FILE.expected is there, the
// reader must also find what it says (write_heap.cc; "-": not known), and that everything is held.
import { execFileSync } from 'node:child_process';
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [cairn, modules, reader, ...files] = process.argv.slice(2);
const require = createRequire(resolve(modules, 'package.json'));

function readRows(file) {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-rows-'));
  try {
    execFileSync(cairn, ['heap', 'rows', file, '-o', folder]);
    const lines = (name) => readFileSync(join(folder, name), 'utf-8').split('\n').filter(Boolean).map((l) => JSON.parse(l));
    return { nodes: lines('nodes.ndjson'), types: lines('types.ndjson'), snapshot: lines('snapshots.ndjson')[0] };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

class Differences {
  constructor(file) { this.file = file; this.list = []; }
  check(what, ours, theirs) {
    if (ours !== theirs) this.list.push(`${what}: cairn ${ours}, ${reader} ${theirs}`);
  }
  report() {
    for (const line of this.list.slice(0, 10)) console.log(`${this.file}: ${line}`);
    return this.list.length === 0;
  }
}

function readExpected(file) {
  if (!existsSync(`${file}.expected`)) return null;
  const lines = readFileSync(`${file}.expected`, 'utf-8').trim().split('\n').map((line) => line.split(' ').map(Number));
  const [nodes, edges] = lines.shift();
  return { nodes, edges, objects: lines };
}

// `nodeAt` returns what the reader says of the node with a number. The root and "(GC roots)" come
// first, objects last.
function compareWithExpected(differences, expected, found, nodeAt) {
  const check = (what, wanted, theirs) => {
    if (!Number.isNaN(wanted) && wanted !== theirs) differences.list.push(`${what}: expected ${wanted}, ${reader} ${theirs}`);
  };
  check('nodes', expected.nodes, found.nodes);
  check('edges', expected.edges, found.edges);
  for (let i = 2; i < found.nodes; i++) check(`node ${i} is held`, true, nodeAt(i).isHeld);
  const first = found.nodes - expected.objects.length;
  expected.objects.forEach(([distance, size, retained], i) => {
    const node = nodeAt(first + i);
    check(`object ${i} distance`, distance, node.distance);
    check(`object ${i} self_size`, size, node.size);
    if (retained >= 0) check(`object ${i} retained_size`, retained, node.retained);
  });
}

async function readWithToolkit() {
  const entry = pathToFileURL(require.resolve('heap-snapshot-toolkit')).href;
  const { parse } = await import(entry);
  return (file) => parse(createReadStream(file, 'utf-8'));
}

// Chrome DevTools splits objects of the type "Object" by their properties, and names the parts
// "{a, b}": these are put together again. It loses all but one of the types that share a name (the
// file can have the same string twice, and constructors the same name), so that what a type retains
// is compared only if it has counted all of the type's objects.
function typesOf(snapshot) {
  const types = new Map();
  const nameOf = (name) => (name.startsWith('{') ? 'Object' : name);
  for (let it = snapshot.allNodes(); it.hasNext(); it.next()) {
    const node = it.item();
    if (node.selfSize() === 0) continue;
    const name = nameOf(node.className());
    const sums = types.get(name) ?? { objects: 0, self_size: 0 };
    sums.objects += 1;
    sums.self_size += node.selfSize();
    types.set(name, sums);
  }
  for (const row of Object.values(snapshot.getAggregatesByClassKey(false, 'all'))) {
    const sums = types.get(nameOf(row.name));
    if (row.count === sums.objects) sums.retained_size = row.maxRet;
  }
  return types;
}

function compareWithToolkit(file, snapshot, rows, expected) {
  const differences = new Differences(file);
  differences.check('nodes', rows.nodes.length, snapshot.nodeCount);
  differences.check('bytes', rows.snapshot.bytes, snapshot.totalSize);
  differences.check('edges', rows.snapshot.edges, snapshot.containmentEdges.length / 3);
  const width = snapshot.nodeFieldCount;
  const node = snapshot.rootNode();
  for (let i = 0; i < rows.nodes.length; i++) {
    const row = rows.nodes[i];
    node.nodeIndex = i * width;
    differences.check(`node ${i} id`, row.id, node.id());
    differences.check(`node ${i} self_size`, row.self_size, node.selfSize());
    differences.check(`node ${i} retained_size`, row.retained_size, snapshot.retainedSizes[i]);
    differences.check(`node ${i} distance`, row.distance, snapshot.nodeDistances[i]);
    differences.check(`node ${i} dominator`, row.dominator, snapshot.dominatorsTree[i]);
  }
  const types = typesOf(snapshot);
  for (const row of rows.types) {
    const theirs = types.get(row.type);
    for (const sum of ['objects', 'self_size', 'retained_size']) {
      if (!theirs || theirs[sum] !== undefined) differences.check(`type ${row.type} ${sum}`, row[sum], theirs?.[sum]);
    }
  }
  differences.check('types', rows.types.length, types.size);
  if (expected) {
    const found = { nodes: snapshot.nodeCount, edges: snapshot.containmentEdges.length / 3 };
    compareWithExpected(differences, expected, found, (i) => {
      node.nodeIndex = i * width;
      const distance = snapshot.nodeDistances[i];
      return { distance, size: node.selfSize(), retained: snapshot.retainedSizes[i], isHeld: distance > 0 && distance < 1e8 };
    });
  }
  return differences.report();
}

async function readWithMemlab() {
  const { getFullHeapFromFile } = require('@memlab/heap-analysis');
  const { config } = require('@memlab/core');
  config.muteConsole = true;
  return (file) => getFullHeapFromFile(resolve(file));
}

// memlab's paths begin at "(GC roots)".
function distanceOf(node) {
  let distance = 1;
  for (let at = node; at?.pathEdge && distance < 1e6; at = at.pathEdge.fromNode) distance++;
  return distance;
}

// memlab leaves out of its tree what only garbage leads to: only reachable objects are compared.
function compareWithMemlab(file, snapshot, rows, expected) {
  const differences = new Differences(file);
  differences.check('nodes', rows.nodes.length, snapshot.nodes.length);
  differences.check('edges', rows.snapshot.edges, snapshot.edges.length);
  const byId = new Map(rows.nodes.map((row) => [row.id, row]));
  snapshot.nodes.forEach((node) => {
    const row = byId.get(node.id);
    differences.check(`node @${node.id} self_size`, row?.self_size, node.self_size);
    if (row && row.distance > 0 && row.kind !== 'synthetic') {
      differences.check(`node @${node.id} retained_size`, row.retained_size, node.retainedSize);
      differences.check(`node @${node.id} dominator`, rows.nodes[row.dominator].id, node.dominatorNode?.id);
    }
  });
  if (expected) {
    const found = { nodes: snapshot.nodes.length, edges: snapshot.edges.length };
    compareWithExpected(differences, expected, found, (i) => {
      const node = snapshot.nodes.get(i);
      return {
        distance: distanceOf(node), size: node.self_size, retained: node.retainedSize,
        isHeld: !node.is_detached && node.hasPathEdge && !!node.dominatorNode,
      };
    });
  }
  return differences.report();
}

const read = await (reader === 'toolkit' ? readWithToolkit() : readWithMemlab());
const compare = reader === 'toolkit' ? compareWithToolkit : compareWithMemlab;
let failures = 0;
for (const file of files) {
  if (!compare(file, await read(file), readRows(file), readExpected(file))) failures++;
}
console.log(`${reader}: ${files.length - failures} of ${files.length} files agree`);
process.exit(failures === 0 ? 0 : 1);
