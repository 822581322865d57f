// The picture: nodes, what is on its way between them, and what happens at them.

const MANY = 150; // copies in flight, beyond which they have no numbers
const NAMED = 6; // copies in flight, up to which they have names
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

function put(text, x, y, color, { size = 13, ...looks } = {}) {
  const { left, right } = regionAt(x, y);
  write(text, x, y, color, { left, right, size: size * unit, ...looks });
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
  const most = crowd > 6 ? 12 : 24;
  if (name.length > most) name.splice(most - 1, Infinity, "…");
  put(name.join(""), x, y + clear + 8 * unit, colors.ink, { size: 14, bold: "bold" });
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
  drawCopy(j, x, y, 9 * Math.min(unit, 1.3));
  if (fallen) cross(x, y, 12);
  pen.globalAlpha = 1;
}
function drawLabel(j, ns, isChosen, faint, isNamed) {
  const { x, y, fallen, out } = placeOf(j, ns);
  const name = nameOf(j.subject);
  const label = isNamed && 7 * unit * name.length < regions[0].width / 2 ? name : j.subject.label;
  const beyond = isChosen ? CHOSEN + 2 : 9 + 3 * unit;
  const far = beyond + unit * (3.5 * label.length * Math.abs(out.x) + 7 * Math.abs(out.y));
  pen.globalAlpha = (1 - 0.8 * fallen) * faint;
  put(label, x + far * out.x, y + far * out.y, colors.ink, { size: 12 });
  pen.globalAlpha = 1;
}
function drawJourneys(copies, ns, chosen) {
  const isChosen = ({ message, dataLink }) => isSame({ message, link: dataLink }, chosen);
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
    const below = (place) => y + clear + unit * (25 + LINE * place);
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
