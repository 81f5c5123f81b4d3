// SPDX-License-Identifier: MIT
// Has another reader find what grew between two snapshots:
//   growth.mjs MODULES toolkit|memlab FOLDER TYPE COUNT
// FOLDER has s1.heapsnapshot and s2.heapsnapshot. The type that grew most must be TYPE, by COUNT.
import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [modules, reader, folder, type, count] = process.argv.slice(2);
const require = createRequire(resolve(modules, 'package.json'));
const files = ['s1', 's2'].map((name) => join(folder, `${name}.heapsnapshot`));

async function grownByToolkit() {
  const { parse, diff } = await import(pathToFileURL(require.resolve('heap-snapshot-toolkit')).href);
  const [before, after] = await Promise.all(files.map((file) => parse(createReadStream(file, 'utf-8'))));
  const rows = Object.values(await diff(before, after));
  const [most] = rows.sort((a, b) => b.countDelta - a.countDelta);
  return { name: most.name, count: most.countDelta };
}

// The analysis of memlab's command `unbound-shape`: "Session {number, next}", in colours.
async function grownByMemlab() {
  const { ShapeUnboundGrowthAnalysis } = require('@memlab/heap-analysis');
  require('@memlab/core').config.muteConsole = true;
  const analysis = new ShapeUnboundGrowthAnalysis();
  await analysis.analyzeSnapshotsInDirectory(resolve(folder));
  const growth = ({ counts }) => counts[counts.length - 1] - counts[0];
  const [most] = analysis.getShapesWithUnboundGrowth().sort((a, b) => growth(b) - growth(a));
  return { name: most?.shape.replace(/\x1b\[[0-9;]*m/g, '').split(' ')[0], count: most && growth(most) };
}

const found = await (reader === 'toolkit' ? grownByToolkit() : grownByMemlab());
const is_right = found.name === type && found.count === Number(count);
console.log(`${reader}: ${found.name} grew most, by ${found.count}${is_right ? '' : `: expected ${type}, ${count}`}`);
process.exit(is_right ? 0 : 1);
