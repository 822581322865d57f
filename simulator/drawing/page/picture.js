// The picture: nodes on an ellipse (what all others talk to, in the middle), and what is between them.

const $ = (id) => document.getElementById(id);
const scene = $("scene");
let pen = scene.getContext("2d");
let width = 0, height = 0, radius = 24, spots = [], colors = {}, targets = [];
const MANY = 150; // copies in flight, beyond which they are drawn without their numbers
const NOTES = 3; // under a node, the latest

const pairs = new Map(); // links, each pair of nodes once
for (const [from, to] of [...links, ...journeys.map((j) => [j.from, j.to])])
  pairs.set(`${Math.min(from, to)} ${Math.max(from, to)}`, [from, to]);
const hub = nodes.length < 3 ? -1
  : nodes.findIndex((_, node) => [...pairs.values()].every((pair) => pair.includes(node)));

function fit() { // into the window as it is now
  for (const canvas of document.querySelectorAll("canvas")) {
    const scale = devicePixelRatio || 1, box = canvas.getBoundingClientRect();
    canvas.width = Math.round(box.width * scale);
    canvas.height = Math.round(box.height * scale);
    canvas.getContext("2d").setTransform(scale, 0, 0, scale, 0, 0);
  }
  ({ width, height } = scene.getBoundingClientRect());
  const style = getComputedStyle(document.documentElement);
  for (const name of ["paper", "ink", "faint", "line", "node", "data", "answer", "good", "bad"])
    colors[name] = style.getPropertyValue("--" + name).trim();
  radius = nodes.length > 2 ? Math.max(12, Math.min(30, width / 20, height / 10, 200 / nodes.length))
    : Math.max(16, Math.min(44, width / 13, height / 6));
  const around = nodes.map((_, node) => node).filter((node) => node !== hub);
  const below = radius + 24 + 16 * NOTES, above = radius + 28;
  const across = width / 2 - radius - 24, down = Math.max((height - below - above) / 2, 0);
  const middle = { x: width / 2, y: above + down };
  spots = nodes.map(() => middle);
  around.forEach((node, place) => {
    const angle = Math.PI + 2 * Math.PI * place / around.length;
    spots[node] = { x: middle.x + across * Math.cos(angle), y: middle.y + down * Math.sin(angle) };
  });
}

function lane(from, to) { // each direction has its own side of the line
  const a = spots[from], b = spots[to], far = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  const ux = (b.x - a.x) / far, uy = (b.y - a.y) / far, aside = nodes.length > 2 ? 10 : 0.7 * radius;
  const edge = Math.sqrt(radius ** 2 - aside ** 2);
  return { x0: a.x + ux * edge + uy * aside, y0: a.y + uy * edge - ux * aside,
    x1: b.x - ux * edge + uy * aside, y1: b.y - uy * edge - ux * aside, outX: uy, outY: -ux };
}
function placeOf(j, ns) {
  const path = lane(j.from, j.to), way = along(j, ns);
  const fallen = ns > j.falls ? (ns - j.falls) / (j.gone - j.falls) : 0;
  return { ...path, fallen, x: path.x0 + (path.x1 - path.x0) * way,
    y: path.y0 + (path.y1 - path.y0) * way + fallen * fallen * height / 4 };
}

function stroke(color, thick, dash = []) {
  pen.strokeStyle = color; pen.lineWidth = thick; pen.setLineDash(dash); pen.stroke(); pen.setLineDash([]);
}
function lines(...points) { // each a start or, after one, a line to it; null lifts the pen
  pen.beginPath();
  let up = true;
  for (const point of points) {
    if (point) up ? pen.moveTo(...point) : pen.lineTo(...point);
    up = !point;
  }
}
function write(text, x, y, color, size = 13, bold = "") {
  pen.font = `${bold} ${size}px system-ui, sans-serif`;
  pen.textAlign = "center"; pen.textBaseline = "middle";
  const half = Math.min(pen.measureText(text).width, width - 8) / 2;
  const where = [Math.min(Math.max(x, half + 4), width - half - 4), y, width - 8];
  pen.strokeStyle = colors.paper; pen.lineWidth = 3; pen.lineJoin = "round"; pen.strokeText(text, ...where);
  pen.fillStyle = color; pen.fillText(text, ...where);
}
const short = (text, most) => [...text].length > most ? [...text].slice(0, most - 1).join("") + "…" : text;

function cross(x, y, size) {
  lines([x - size, y - size], [x + size, y + size], null, [x + size, y - size], [x - size, y + size]);
  stroke(colors.bad, 3);
}
function outline(kind, x, y, size) { // apart by shape, not by colour alone
  if (kind === "data") { pen.beginPath(); pen.rect(x - size * 1.25, y - size * 0.8, size * 2.5, size * 1.6); return; }
  if (kind === "acknowledgement") { pen.beginPath(); pen.arc(x, y, size * 0.9, 0, 7); return; }
  const foot = kind === "release" ? [[x + size, y], [x, y + size], [x - size, y]] : [[x + size, y + size * 0.8], [x - size, y + size * 0.8]];
  lines([x, y - size], ...foot, [x, y - size]);
  pen.closePath();
}
function drawCopy({ kind, attempt, copy, fate }, x, y, fallen = 0, size = 9) {
  const color = colors[kind === "data" || kind === "release" ? "data" : "answer"];
  const hollow = kind === "data" && attempt > 1;
  outline(kind, x, y, size);
  pen.fillStyle = hollow ? colors.paper : color;
  pen.fill();
  stroke(color, 2);
  if (kind === "data") { // an envelope's flap
    lines([x - size * 1.2, y - size * 0.75], [x, y + size * 0.1], [x + size * 1.2, y - size * 0.75]);
    stroke(hollow ? color : colors.paper, 1.3);
  }
  if (copy) { outline(kind, x, y, size + 4); stroke(color, 1); }
  if (fallen) cross(x, y, size + 3);
}
function drawJourney(j, ns, chosen, few) {
  const { x, y, fallen, outX, outY } = placeOf(j, ns), ours = chosen && j.message === chosen.message && j.dataLink === chosen.link;
  targets.push({ x, y, message: j.message, link: j.dataLink });
  pen.globalAlpha = (1 - 0.8 * fallen) * (chosen && !ours ? 0.35 : 1);
  if (ours) { pen.beginPath(); pen.arc(x, y, 20, 0, 7); stroke(colors.ink, 2); }
  drawCopy(j, x, y, fallen);
  if (few || ours) write(j.attempt > 1 ? `${j.message} (${j.attempt})` : `${j.message}`, x + 20 * outX, y + 17 * outY, colors.ink, 12);
  pen.globalAlpha = 1;
}

function drawLinks(cut) {
  for (const [a, b] of pairs.values()) {
    for (const [from, to] of [[a, b], [b, a]]) {
      const { x0, y0, x1, y1 } = lane(from, to);
      drawLink(x0, y0, x1, y1, cut.has(between(from, to)));
    }
  }
}
function drawLink(x0, y0, x1, y1, isCut) {
  lines([x0, y0], [x1, y1]);
  stroke(isCut ? colors.bad : colors.line, isCut ? 2 : 1, isCut ? [3, 7] : []);
}
function drawNode(node, { down, queues, dead }) {
  const { x, y } = spots[node], crashed = down.has(node);
  pen.beginPath(); pen.arc(x, y, radius, 0, 7);
  pen.fillStyle = colors.node; pen.fill();
  stroke(crashed ? colors.bad : colors.ink, crashed ? 3 : 1.5, crashed ? [4, 4] : []);
  if (crashed) { // hatched
    pen.save(); pen.clip(); pen.beginPath();
    for (let d = -2 * radius; d < 2 * radius; d += 8) { pen.moveTo(x + d, y - radius); pen.lineTo(x + d + 2 * radius, y + radius); }
    stroke(colors.bad, 1.5); pen.restore();
    write(say("crashed"), x, y, colors.ink, 13, "bold");
  }
  write(short(nodeName(node), nodes.length > 6 ? 12 : 24), x, y + radius + 13, colors.ink, 14, "bold");
  if (queues.get(node)?.size) drawQueue([...queues.get(node)], x, y - radius - 12, false);
  if (dead.get(node)?.size) drawQueue([...dead.get(node)], x, y, true);
}
function drawQueue(waiting, x, y, isDead) { // boxes side by side, the first at the left, and how many
  const seen = waiting.slice(0, 8), left = x - 6 * seen.length;
  seen.forEach((one, place) => {
    const [link, message] = one.split(":").map(Number), middle = left + 6 + 12 * place;
    targets.push({ x: middle, y, message, link });
    drawBox(middle, y, isDead);
  });
  write(`${waiting.length}`, left + 12 * seen.length + 10, y, colors.ink, 12);
}
function drawBox(x, y, isDead) {
  const color = isDead ? colors.bad : colors.data;
  pen.beginPath(); pen.rect(x - 5, y - 5, 10, 10);
  pen.fillStyle = isDead ? colors.node : color; pen.fill();
  stroke(color, 1.5);
  if (isDead) { lines([x - 5, y - 5], [x + 5, y + 5]); stroke(color, 1.5); }
}

const TOLD = { handed_over: "good", suppressed: "faint", timed_out: "bad", gave_up: "bad",
  dead_lettered: "bad", refused: "bad", restarted: "good", completed: "good" };
function drawNotes(ns, count, span, still) { // under its node, and a ring around it, for a little while
  const notes = nodes.map(() => []);
  for (let place = count - 1; place >= Math.max(0, count - 300) && ns - rows[place].ns < span; place--) {
    const row = rows[place];
    if (TOLD[row.event] && row.node >= 0 && notes[row.node].length < NOTES) notes[row.node].unshift(row);
  }
  notes.forEach((latest, node) => latest.forEach((row, place) => {
    const { x, y } = spots[node], age = (ns - row.ns) / span, color = colors[TOLD[row.event]];
    pen.globalAlpha = still ? 1 : 1 - age ** 3;
    pen.beginPath(); pen.arc(x, y, radius + (still ? 4 : 3 + 6 * age), 0, 7);
    stroke(color, 3, row.event === "suppressed" ? [3, 4] : []);
    write(say(row.event, row.message < 0 ? "" : messageName(row)), x, y + radius + 30 + 16 * place, color, 13);
  }));
  pen.globalAlpha = 1;
}

function drawScene(ns, count, { chosen, span, still }) {
  const known = stateAfter(count), copies = inFlight(ns);
  pen.clearRect(0, 0, width, height);
  targets = [];
  drawLinks(known.cut);
  nodes.forEach((_, node) => drawNode(node, known));
  for (const j of copies) drawJourney(j, ns, chosen, copies.length <= MANY);
  drawNotes(ns, count, span, still);
}
function drawMarks() { // under the time line: what went wrong stands higher
  const line = $("marks").getContext("2d"), every = Math.ceil(rows.length / 4000);
  line.clearRect(0, 0, width, 10);
  for (let place = earlier; place < rows.length; place += every) {
    const bad = ["lost", "dropped", "timed_out", "gave_up", "crashed", "partitioned"].includes(rows[place].event);
    line.fillStyle = bad ? colors.bad : colors.line;
    line.fillRect(8 + (width - 16) * (rows[place].ns - start) / Math.max(end - start, 1), bad ? 0 : 5, 1, bad ? 10 : 5);
  }
}
function drawLegend() { // of what is in this trace
  const copy = (kind, more = {}) => (x, y) => drawCopy({ kind, attempt: 1, copy: 0, ...more }, x, y, 0, 6);
  const has = (which) => journeys.some(which), told = (event) => rows.some((row) => row.event === event);
  const signs = [
    ["data", copy("data"), has((j) => j.kind === "data")],
    ["again", copy("data", { attempt: 2 }), has((j) => j.kind === "data" && j.attempt > 1)],
    ["copied", copy("data", { copy: 1 }), has((j) => j.kind === "data" && j.copy)],
    ["acknowledgement", copy("acknowledgement"), has((j) => j.kind === "acknowledgement")],
    ["release", copy("release"), has((j) => j.kind === "release")],
    ["refusal", copy("refusal"), has((j) => j.kind === "refusal")],
    ["lost", (x, y) => cross(x, y, 6), has((j) => j.falls < Infinity)],
    ["queued", (x, y) => drawBox(x, y, false), told("enqueued")],
    ["dead", (x, y) => drawBox(x, y, true), told("dead_lettered")],
    ["cut", (x, y) => drawLink(x - 14, y, x + 14, y, true), told("partitioned")],
  ].filter(([, , isThere]) => isThere);
  $("legend").replaceChildren(...signs.map(([word]) => {
    const item = document.createElement("li"), picture = document.createElement("canvas");
    picture.setAttribute("aria-hidden", "true");
    item.append(picture, say("legend_" + word));
    return item;
  }));
  fit();
  signs.forEach(([, sign], place) => {
    pen = $("legend").children[place].firstChild.getContext("2d");
    sign(15, 11);
  });
  pen = scene.getContext("2d");
}
