// The layout: each run has a region of the picture. In it nodes stand on an ellipse (what all others
// talk to, in the middle), and links run between them.

const $ = (id) => document.getElementById(id);
const scene = $("scene");
const NOTES = 3; // under a node: the latest
const LINE = 16; // from one to the next
const CHOSEN = 20; // radius of the ring around a copy

const pairs = new Map(); // nodes that are linked, each pair once
for (const [from, to] of [...links, ...every.journeys.map((j) => [j.from, j.to])]) {
  pairs.set(`${Math.min(from, to)} ${Math.max(from, to)}`, [from, to]);
}
const groups = runs.map((_, run) => [...nodes.keys()].filter((node) => runOf[node] === run));
const crowd = Math.max(...groups.map((group) => group.length)); // nodes of a run
const hubs = groups.map((group) => {
  const theirs = [...pairs.values()].filter(([from]) => group.includes(from));
  return group.length < 3 ? -1 : group.find((node) => theirs.every((pair) => pair.includes(node))) ?? -1;
});

let width = 0;
let height = 0;
let regions = []; // of each run: left, right, top, bottom, width, height
let unit = 1; // how much larger than on a phone all is
let radius = 0; // of a node
let above = 0; // what stands above its middle
let clear = 0; // beyond it there are its rings, and numbers of copies: words stand farther out
let spots = []; // the middle of each node
let shares = []; // how wide each node's words may be: nodes of a row share its width
let lanes = []; // where links run, each with its place
let targets = []; // what can be touched: where, and which message

// What a run's cell leaves below its head.
function regionOf(cell) {
  const corner = scene.getBoundingClientRect();
  const box = cell.getBoundingClientRect();
  const [left, bottom] = [box.left - corner.left, box.bottom - corner.top];
  const top = cell.firstChild.getBoundingClientRect().bottom - corner.top;
  return { left, right: left + box.width, top, bottom, width: box.width, height: bottom - top };
}

function fit() {
  takeColors();
  ({ width, height } = scene.getBoundingClientRect());
  regions = [...$("runs").children].map(regionOf);
  const { width: across, height: down } = regions[0];
  unit = Math.max(1, Math.min(across / 500, down / (crowd > 2 ? 300 : 230), 1.5));
  const words = unit * (20 + LINE * NOTES);
  const named = CHOSEN + 2 + 14 * unit; // how far from its lane the name of a chosen copy reaches
  radius =
    crowd > 2
      ? Math.max(12, Math.min(30 * unit, across / 20, down / 10, 200 / crowd))
      : Math.max(16, Math.min(across / 8, (down - words - 30) / 2, (down - words - named - 30) / 1.4));
  clear = crowd > 2 ? radius + 12 : Math.max(radius + 12, 0.7 * radius + 28);
  above = crowd > 2 ? clear + 16 : Math.max(clear + 2, 0.7 * radius + named);
  spots = [];
  groups.forEach((group, run) => placeNodes(group, hubs[run], regions[run], words));
  const inRow = ({ x, y }) =>
    spots.filter((spot) => Math.abs(spot.y - y) < LINE * NOTES && isIn(spot, regionAt(x, y)));
  shares = spots.map((spot) => Math.max(across / inRow(spot).length, 120));
  const ways = [...pairs.values()].flatMap(([a, b]) => [[a, b], [b, a]]);
  lanes = ways.map(([from, to]) => ({ ...lane(from, to), link: between(from, to) }));
}
function placeNodes(group, hub, region, words) {
  const across = region.width / 2 - radius - (crowd > 2 ? 24 : 12);
  const down = Math.max((region.height - above - clear - words) / 2, 0);
  const middle = { x: region.left + region.width / 2, y: region.top + above + down };
  const around = group.filter((node) => node !== hub);
  if (hub >= 0) spots[hub] = middle;
  around.forEach((node, place) => {
    const angle = Math.PI + (2 * Math.PI * place) / around.length;
    spots[node] = { x: middle.x + across * Math.cos(angle), y: middle.y + down * Math.sin(angle) };
  });
}
function isIn({ x, y }, { left, right, top, bottom }) {
  return left <= x && x <= right && top <= y && y <= bottom;
}
function regionAt(x, y) {
  return regions.find((region) => isIn({ x, y }, region)) ?? regions[0];
}

// Where a link runs: each direction has its own side.
function lane(from, to) {
  const a = spots[from];
  const b = spots[to];
  const far = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  const on = { x: (b.x - a.x) / far, y: (b.y - a.y) / far };
  const out = { x: on.y, y: -on.x };
  const aside = crowd > 2 ? 10 : 0.7 * radius;
  const edge = Math.sqrt(radius ** 2 - aside ** 2);
  return {
    x0: a.x + on.x * edge + out.x * aside,
    y0: a.y + on.y * edge + out.y * aside,
    x1: b.x - on.x * edge + out.x * aside,
    y1: b.y - on.y * edge + out.y * aside,
    out,
  };
}
function placeOf(j, ns) {
  const { x0, y0, x1, y1, out } = lane(j.from, j.to);
  const way = along(j, ns);
  const fallen = ns > j.falls ? (ns - j.falls) / (j.gone - j.falls) : 0;
  const fall = (fallen ** 2 * regions[0].height) / 4;
  return { x: x0 + (x1 - x0) * way, y: y0 + (y1 - y0) * way + fall, fallen, out };
}
