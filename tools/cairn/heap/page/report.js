// SPDX-License-Identifier: MIT
'use strict';
// The page of `cairn heap report`. `data` is written by report.cc, which says what its parts are.
const data = JSON.parse(document.getElementById('data').textContent);
const text = (index) => data.texts[index];
const number = new Intl.NumberFormat('en');
const byId = (id) => document.getElementById(id);

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function bytes(count) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  let value = Math.abs(count);
  while (value >= 1024 && unit < units.length - 1) { value /= 1024; unit++; }
  const digits = unit === 0 ? 0 : value < 10 ? 2 : 1;
  return (count < 0 ? '-' : '') + value.toFixed(digits) + ' ' + units[unit];
}

// The same colour for the same name on every page.
function colour(name) {
  let hash = 2166136261;
  for (const character of name) hash = Math.imul(hash ^ character.codePointAt(0), 16777619);
  return `hsl(${(hash >>> 0) % 360} ${45 + (hash >>> 9) % 25}% ${74 + (hash >>> 17) % 10}%)`;
}

// ---- Trees: rows of [parent, text, self, retained, object or -1], a parent before its children. A type's object is the largest.
function treeOf(rows, kind) {
  const nodes = rows.map(([parent, name, self, retained, object]) => ({ parent, name: text(name), self, retained, object, kind, children: [] }));
  for (const node of nodes) if (node.parent >= 0) nodes[node.parent].children.push(node);
  for (const node of nodes) {
    node.above = node.parent < 0 ? null : nodes[node.parent];
    const shown = node.children.reduce((sum, child) => sum + child.retained, 0);
    node.rest = Math.max(0, node.retained - shown);
  }
  return nodes;
}
const trees = { types: treeOf(data.typeTree, 'types'), objects: treeOf(data.objectTree, 'objects') };
const treeNodeOf = new Map(trees.objects.map((node) => [node.object, node]));
let shown = trees.types[0];
let chosen = null;
let query = '';

const DEPTH = 4;
function layOut(root, width, height) {
  const toHierarchy = (node, depth) => ({
    node,
    value: depth === DEPTH || node.children.length === 0 ? node.retained : node.rest,
    children: depth === DEPTH ? [] : node.children.map((child) => toHierarchy(child, depth + 1)),
  });
  const hierarchy = d3.hierarchy(toHierarchy(root, 0)).sum((each) => each.value).sort((a, b) => b.value - a.value);
  return d3.treemap().size([width, height]).paddingTop(16).paddingInner(1).paddingOuter(1).round(true)(hierarchy);
}

function matches(name) { return query === '' || name.toLowerCase().includes(query); }

function drawMap() {
  const map = byId('map');
  const laidOut = layOut(shown, map.clientWidth, map.clientHeight);
  const tiles = [];
  laidOut.each((item) => {
    const width = item.x1 - item.x0;
    const height = item.y1 - item.y0;
    if (width < 3 || height < 3) return;
    const node = item.data.node;
    const tile = make('button', { type: 'button', className: 'tile', tabIndex: tiles.length === 0 ? 0 : -1, title: `${node.name}: ${bytes(node.retained)} retained` });
    tile.setAttribute('aria-label', tile.title);
    if (width > 30 && height > 13) tile.textContent = `${node.name} ${bytes(node.retained)}`;
    Object.assign(tile.style, { left: item.x0 + 'px', top: item.y0 + 'px', width: width + 'px', height: height + 'px', background: colour(node.name.replace(/ @\d+.*/s, '')) });
    tile.classList.toggle('faded', !matches(node.name));
    tile.classList.toggle('chosen', node === chosen);
    tile.addEventListener('click', () => choose(node));
    tile.addEventListener('dblclick', () => show(node));
    tile.node = node;
    tiles.push(tile);
  });
  map.replaceChildren(...tiles);
  drawCrumbs();
}

function drawCrumbs() {
  const crumbs = [];
  for (let node = shown; node; node = node.above) crumbs.unshift(node);
  byId('crumbs').replaceChildren(...crumbs.map((node) => {
    const button = make('button', { type: 'button', className: 'link', textContent: node.name });
    button.addEventListener('click', () => show(node));
    return button;
  }).flatMap((button, i) => (i === 0 ? [button] : ['›', button])));
}

function show(node) { if (node.children.length !== 0) { shown = node; drawMap(); } }

// In the map: arrows go to the next tile in a direction, Enter chooses, + and - (or Escape) zoom.
function moveFocus(key, from) {
  const box = (tile) => ({ x: tile.offsetLeft + tile.offsetWidth / 2, y: tile.offsetTop + Math.min(8, tile.offsetHeight / 2) });
  const start = box(from);
  const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  let best = null;
  let least = Infinity;
  for (const tile of byId('map').children) {
    const at = box(tile);
    const along = (at.x - start.x) * dx + (at.y - start.y) * dy;
    const aside = Math.abs((at.x - start.x) * dy) + Math.abs((at.y - start.y) * dx);
    if (tile !== from && along > 1 && along + 2 * aside < least) { least = along + 2 * aside; best = tile; }
  }
  if (best) { from.tabIndex = -1; best.tabIndex = 0; best.focus(); }
}
byId('map').addEventListener('keydown', (event) => {
  const tile = event.target;
  if (event.key.startsWith('Arrow')) { event.preventDefault(); moveFocus(event.key, tile); }
  const zoomTo = event.key === '+' ? tile.node : event.key === '-' || event.key === 'Escape' ? shown.above : null;
  if (zoomTo) { show(zoomTo); byId('map').firstChild?.focus(); }
});

// ---- Details: objects are [text, self, retained, path, referrers, number of referrers]; paths and
// referrers are lists of [edge, text, object or -1].
function objectLink(label, object) {
  if (object < 0) return make('span', { textContent: label });
  const link = make('button', { type: 'button', className: 'link', textContent: label });
  link.addEventListener('click', () => chooseObject(object));
  return link;
}
function chooseObject(object) {
  const node = treeNodeOf.get(object) ?? { name: text(data.objects[object][0]), object, kind: 'objects', children: [], self: data.objects[object][1], retained: data.objects[object][2], rest: 0 };
  choose(node);
}
function steps(list) {
  return make('ol', {}, ...list.map(([edge, label, object]) => make('li', {}, make('span', { className: 'edge', textContent: text(edge) + ' ' }), objectLink(text(label), object))));
}
function describe(node) {
  const parts = [make('h3', { textContent: node.name }), make('p', {}, `retains ${bytes(node.retained)} (${number.format(node.retained)}), itself ${bytes(node.self)}`)];
  if (node.children.length !== 0) {
    const zoom = make('button', { type: 'button', textContent: 'Zoom in' });
    zoom.addEventListener('click', () => show(node));
    parts.push(zoom);
  }
  const object = node.object;
  if (object < 0) return parts;
  const [label, , , path, referrers, count] = data.objects[object];
  if (node.kind === 'types') parts.push(make('h4', { textContent: 'Largest of this type' }), objectLink(text(label), object));
  parts.push(make('h4', { textContent: 'Path from the root' }));
  parts.push(path.length === 0 ? make('p', { className: 'hint', textContent: 'None: weakly held, or garbage.' }) : Object.assign(steps(path), { className: 'path' }));
  parts.push(make('h4', { textContent: `Referrers (${number.format(count)})` }), Object.assign(steps(referrers), { className: 'referrers' }));
  return parts;
}
function choose(node) {
  chosen = node;
  byId('details').replaceChildren(...describe(node));
  for (const tile of byId('map').children) tile.classList.toggle('chosen', tile.node === node);
}

// ---- Tables: the last column is a name, the others are numbers.
function drawTable(id, titles, rows, choosing) {
  const table = byId(id);
  let order = { column: 0, sign: -1 };
  const body = make('tbody');
  const heads = titles.map((title, column) => {
    const button = make('button', { type: 'button', textContent: title });
    button.addEventListener('click', () => {
      order = { column, sign: order.column === column ? -order.sign : column === titles.length - 1 ? 1 : -1 };
      draw();
    });
    return make('th', { scope: 'col' }, button);
  });
  function draw() {
    const { column, sign } = order;
    heads.forEach((head, i) => head.setAttribute('aria-sort', i !== column ? 'none' : sign < 0 ? 'descending' : 'ascending'));
    const compare = (a, b) => (typeof a === 'string' ? a.localeCompare(b) : a - b);
    const sorted = rows.filter((row) => matches(row[titles.length - 1])).sort((a, b) => sign * compare(a[column], b[column]));
    body.replaceChildren(...sorted.map((row) => make('tr', {}, ...titles.map((title, i) => {
      if (i === titles.length - 1) {
        const link = make('button', { type: 'button', className: 'link', textContent: row[i] });
        link.addEventListener('click', () => choosing(row));
        return make('td', {}, link);
      }
      const isChange = title.startsWith('±');
      return make('td', { textContent: (isChange && row[i] > 0 ? '+' : '') + number.format(row[i]), className: isChange ? (row[i] > 0 ? 'more' : row[i] < 0 ? 'less' : '') : '' });
    }))));
  }
  table.replaceChildren(make('thead', {}, make('tr', {}, ...heads)), body);
  draw();
  return draw;
}
function chooseType(name, retained, self, object) {
  choose({ name, retained, self, rest: 0, kind: 'types', children: [], object });
}
const draws = [drawMap];
draws.push(drawTable('types', ['retained', 'self', 'objects', 'type'], data.types.map(([name, retained, self, count, object]) => [retained, self, count, text(name), object]), (row) => chooseType(row[3], row[0], row[1], row[4])));
draws.push(drawTable('largest', ['retained', 'self', 'object'], data.largest.map((object) => [data.objects[object][2], data.objects[object][1], text(data.objects[object][0]), object]), (row) => chooseObject(row[3])));
if (data.growth) {
  byId('growth-part').hidden = false;
  draws.push(drawTable('growth', ['± bytes', '± objects', 'new', 'gone', '± retained', 'type'], data.growth.map(([name, ...rest]) => [...rest.slice(0, 5), text(name), rest[5]]), (row) => chooseType(row[5], Math.max(0, row[4]), Math.max(0, row[0]), row[6])));
}

byId('search').addEventListener('input', (event) => {
  query = event.target.value.toLowerCase();
  for (const draw of draws) draw();
});
for (const radio of document.querySelectorAll('input[name=tree]')) {
  radio.addEventListener('change', () => { shown = trees[radio.value][0]; drawMap(); });
}
document.addEventListener('keydown', (event) => {
  if (event.key === '/' && event.target.tagName !== 'INPUT') { event.preventDefault(); byId('search').focus(); }
});
byId('facts').replaceChildren(...data.facts.map(([name, value]) => make('span', {}, name + ' ', make('b', { textContent: value }))));
byId('title').textContent = document.title = data.title;
addEventListener('resize', drawMap);
drawMap();
