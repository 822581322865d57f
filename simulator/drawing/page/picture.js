// The picture: nodes on an ellipse (what all others talk to, in the middle), and what is between.

const $ = (id) => document.getElementById(id);
const scene = $("scene");
const MANY = 150; // copies in flight, beyond which they have no numbers
const NAMED = 6; // copies in flight, up to which they have names
const NOTES = 3; // under a node: the latest
const CHOSEN = 20; // radius of the ring around a copy
const NOTED = {
  handed_over: "good",
  failed: "bad",
  suppressed: "faint",
  timed_out: "bad",
  gave_up: "bad",
  dead_lettered: "bad",
  expired: "bad",
  unrouted: "bad",
  refused: "bad",
  restarted: "good",
  completed: "good",
};
const DOING = {
  working: "good",
  waiting: "answer",
  goes_on: "good",
  resumed: "good",
};

const pairs = new Map(); // nodes that are linked, each pair once
for (const [from, to] of [...links, ...every.journeys.map((j) => [j.from, j.to])]) {
  pairs.set(`${Math.min(from, to)} ${Math.max(from, to)}`, [from, to]);
}
const inAll = (node) => [...pairs.values()].every((pair) => pair.includes(node));
const hub = nodes.length < 3 ? -1 : nodes.findIndex((_, node) => inAll(node));

let width = 0;
let height = 0;
let radius = 0; // of a node
let clear = 0; // beyond it there are its rings, and numbers of copies: words stand farther out
let spots = []; // the middle of each node
let shares = []; // how wide each node's words may be: nodes of a row share its width
let lanes = []; // where links run, each with its place
let targets = []; // what can be touched: where, and which message

function fit() {
  takeColors();
  ({ width, height } = scene.getBoundingClientRect());
  radius =
    nodes.length > 2
      ? Math.max(12, Math.min(30, width / 20, height / 10, 200 / nodes.length))
      : Math.max(16, Math.min(44, width / 13, height / 6));
  clear = radius + (nodes.length > 2 ? 12 : 26);
  const above = clear + 16;
  const below = clear + 20 + 16 * NOTES;
  const across = width / 2 - radius - 24;
  const down = Math.max((height - above - below) / 2, 0);
  const middle = { x: width / 2, y: above + down };
  const around = [...nodes.keys()].filter((node) => node !== hub);
  spots = nodes.map(() => middle);
  around.forEach((node, place) => {
    const angle = Math.PI + (2 * Math.PI * place) / around.length;
    spots[node] = { x: middle.x + across * Math.cos(angle), y: middle.y + down * Math.sin(angle) };
  });
  const inRow = (y) => spots.filter((spot) => Math.abs(spot.y - y) < 16 * NOTES);
  shares = spots.map(({ y }) => Math.max(width / inRow(y).length, 120));
  const ways = [...pairs.values()].flatMap(([a, b]) => [[a, b], [b, a]]);
  lanes = ways.map(([from, to]) => ({ ...lane(from, to), link: between(from, to) }));
}

// Where a link runs: each direction has its own side.
function lane(from, to) {
  const a = spots[from];
  const b = spots[to];
  const far = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  const on = { x: (b.x - a.x) / far, y: (b.y - a.y) / far };
  const out = { x: on.y, y: -on.x };
  const aside = nodes.length > 2 ? 10 : 0.7 * radius;
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
  const fall = (fallen ** 2 * height) / 4;
  return { x: x0 + (x1 - x0) * way, y: y0 + (y1 - y0) * way + fall, fallen, out };
}
function put(text, x, y, color, looks) {
  write(text, x, y, color, { width, ...looks });
}

function drawNode(node, { down, queues, dead }) {
  const { x, y } = spots[node];
  const isDown = down.has(node);
  circle(x, y, radius);
  ink(colors.node);
  stroke(isDown ? colors.bad : colors.ink, isDown ? 3 : 1.5, isDown ? [4, 4] : []);
  if (isDown) {
    drawHatches(x, y, radius);
    put(say("crashed"), x, y, colors.ink, { bold: "bold" });
  }
  drawQueue(queues.get(node), x, y - clear - 6, false);
  drawQueue(dead.get(node), x, y, true);
}
function drawName(node) {
  const { x, y } = spots[node];
  const name = [...nodeName(node)];
  const most = nodes.length > 6 ? 12 : 24;
  if (name.length > most) name.splice(most - 1, Infinity, "…");
  put(name.join(""), x, y + clear + 8, colors.ink, { size: 14, bold: "bold" });
}

// Places side by side, the first at the left, and how many.
function drawQueue(waiting, x, y, isDead) {
  if (!waiting?.size) return;
  const seen = [];
  for (const one of waiting) if (seen.push(one) === 8) break;
  const left = x - 6 * seen.length;
  seen.forEach((one, place) => {
    const [link, message] = one.split(":").map(Number);
    const middle = left + 6 + 12 * place;
    targets.push({ x: middle, y, message, link });
    drawWaiting(middle, y, isDead);
  });
  put(`${waiting.size}`, left + 12 * seen.length + 10, y, colors.ink, { size: 12 });
}
function drawJourney(j, ns, isChosen, faint) {
  const { x, y, fallen } = placeOf(j, ns);
  targets.push({ x, y, message: j.message, link: j.dataLink, copy: j });
  pen.globalAlpha = (1 - 0.8 * fallen) * faint;
  if (isChosen) {
    circle(x, y, CHOSEN);
    stroke(colors.ink, 2);
  }
  drawCopy(j, x, y, 9);
  if (fallen) cross(x, y, 12);
  pen.globalAlpha = 1;
}
function drawLabel(j, ns, isChosen, faint, isNamed) {
  const { x, y, fallen, out } = placeOf(j, ns);
  const name = nameOf(j.subject);
  const label = isNamed && 7 * name.length < width / 2 ? name : j.subject.label;
  const beyond = isChosen ? CHOSEN + 2 : 12;
  const far = beyond + 3.5 * label.length * Math.abs(out.x) + 7 * Math.abs(out.y);
  pen.globalAlpha = (1 - 0.8 * fallen) * faint;
  put(label, x + far * out.x, y + far * out.y, colors.ink, { size: 12 });
  pen.globalAlpha = 1;
}
function drawJourneys(copies, ns, chosen) {
  const isChosen = (j) => j.message === chosen?.message && j.dataLink === chosen.link;
  const those = copies.filter(isChosen);
  const others = copies.filter((j) => !isChosen(j));
  const faint = chosen ? 0.35 : 1;
  for (const j of others) drawJourney(j, ns, false, faint);
  for (const j of those) drawJourney(j, ns, true, 1);
  const isNamed = copies.length <= NAMED;
  for (const j of those) drawLabel(j, ns, true, 1, true);
  if (copies.length <= MANY) for (const j of others) drawLabel(j, ns, false, faint, isNamed);
}

// What nodes do stands under them, and what has just happened, for a little while; with rings.
function drawNotes(ns, count, span, isStill) {
  const notes = nodes.map(() => []);
  for (const doing of underWay(ns)) notes[doing.node].push(doing);
  for (const [node, doing] of notes.entries()) notes[node] = doing.slice(1 - NOTES);
  const happened = nodes.map(() => []);
  const first = Math.max(0, count - 300);
  for (let place = count - 1; place >= first && ns - rows[place].ns < span; place--) {
    const row = rows[place];
    const room = NOTES - (notes[row.node]?.length ?? NOTES);
    const isSeen = NOTED[row.event] && !lasting.has(begins(row, row.ns));
    if (isSeen && happened[row.node]?.length < room) happened[row.node].unshift(row);
  }
  nodes.forEach((_, node) => {
    const { x, y } = spots[node];
    const below = (place) => y + clear + 25 + 16 * place;
    notes[node].forEach((doing, place) => {
      drawDoing(doing, ns, x, y);
      const color = colors[DOING[doing.event]];
      put(sayEvent(doing), x, below(place), color, { most: shares[node] });
    });
    happened[node].forEach((row, place) => {
      const age = (ns - row.ns) / span;
      const color = colors[NOTED[row.event]];
      pen.globalAlpha = isStill ? 1 : 1 - age ** 3;
      circle(x, y, radius + (isStill ? 4 : 3 + 6 * age));
      stroke(color, 3, row.event === "suppressed" ? [3, 4] : []);
      put(sayEvent(row), x, below(notes[node].length + place), color, { most: shares[node] });
    });
    pen.globalAlpha = 1;
  });
}

// A ring that closes while a handler works; dashed, while a caller waits, or work is to be cut short.
function drawDoing({ event, sent, ended, isWhole }, ns, x, y) {
  if (event === "working" && isWhole && ended !== null) {
    pen.beginPath();
    pen.arc(x, y, radius + 4, -Math.PI / 2, ((ns - sent) / (ended - sent) - 0.25) * 2 * Math.PI);
    stroke(colors[DOING[event]], 4);
  } else if (DOING[event] && ended !== sent) {
    circle(x, y, radius + 4);
    stroke(colors[DOING[event]], 2, [4, 6]);
  }
}

// The scene at an instant, after so many rows.
function drawScene(ns, count, { chosen, span, isStill }) {
  const known = stateAfter(count);
  targets = [];
  pen.clearRect(0, 0, width, height);
  for (const { x0, y0, x1, y1, link } of lanes) drawLink(x0, y0, x1, y1, known.cut.has(link));
  taken.length = 0;
  for (const node of nodes.keys()) drawNode(node, known);
  const far = radius + 10; // its rings, too
  taken.push(...spots.map(({ x, y }) => [x - far, y - far, x + far, y + far]));
  for (const node of nodes.keys()) drawName(node);
  drawNotes(ns, count, span, isStill);
  drawJourneys(inFlight(ns), ns, chosen);
}
