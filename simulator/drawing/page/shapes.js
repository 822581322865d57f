// Shapes: what stands for a copy, a queue's place, a link. Apart by shape, not by colour alone.

const COLORS = ["paper", "ink", "faint", "line", "node", "data", "answer", "good", "bad"];
const colors = {}; // of the theme

let pen = null; // of the canvas that is drawn on

function takeColors() {
  const style = getComputedStyle(document.documentElement);
  for (const name of COLORS) colors[name] = style.getPropertyValue(`--${name}`).trim();
}
function penOf(canvas) {
  const scale = devicePixelRatio || 1;
  const size = canvas.getBoundingClientRect();
  canvas.width = Math.round(size.width * scale);
  canvas.height = Math.round(size.height * scale);
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  return context;
}

function stroke(color, thick, dash = []) {
  pen.strokeStyle = color;
  pen.lineWidth = thick;
  pen.setLineDash(dash);
  pen.stroke();
  pen.setLineDash([]);
}
function ink(color) {
  pen.fillStyle = color;
  pen.fill();
}
function line(...points) {
  pen.beginPath();
  points.forEach(([x, y], place) => (place ? pen.lineTo(x, y) : pen.moveTo(x, y)));
}
function circle(x, y, radius) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
}
function box(x, y, across, down) {
  pen.beginPath();
  pen.rect(x - across / 2, y - down / 2, across, down);
}
function cross(x, y, size) {
  for (const side of [1, -1]) {
    line([x - size, y - side * size], [x + size, y + side * size]);
    stroke(colors.bad, 3);
  }
}

// Where words stand already: left, top, right, bottom.
const taken = [];

function isTaken([left, top, right, bottom]) {
  return taken.some((one) => left < one[2] && one[0] < right && top < one[3] && one[1] < bottom);
}

// Text with a rim, so that it can be read over a line; it stays between `left` and `right`, and is
// left out where there are words already.
function write(text, x, y, color, { size, bold = "", left, right, most = right - left }) {
  pen.font = `${bold} ${size}px system-ui, sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  pen.lineWidth = 3;
  pen.strokeStyle = colors.paper;
  pen.fillStyle = color;
  const half = Math.min(pen.measureText(text).width, most - 8) / 2;
  const middle = Math.min(Math.max(x, left + half + 4), right - half - 4);
  const place = [middle - half, y - size / 2, middle + half, y + size / 2];
  if (isTaken(place)) return;
  taken.push(place);
  pen.strokeText(text, middle, y, most - 8);
  pen.fillText(text, middle, y, most - 8);
}

function outline(kind, x, y, size) {
  if (kind === "data" || kind === "reply") box(x, y, size * 2.5, size * 1.6);
  else if (kind === "acknowledgement") circle(x, y, size * 0.9);
  else {
    const low = [[x + size, y + size * 0.8], [x - size, y + size * 0.8]];
    const diamond = [[x + size, y], [x, y + size], [x - size, y]];
    line([x, y - size], ...(kind === "release" ? diamond : low));
    pen.closePath();
  }
}
function drawCopy({ shape, again, copy }, x, y, size) {
  const color = shape === "data" || shape === "release" ? colors.data : colors.answer;
  const isHollow = shape === "data" && again > 1; // it is sent again
  outline(shape, x, y, size);
  ink(isHollow ? colors.paper : color);
  stroke(color, 2);
  if (shape === "data" || shape === "reply") {
    // An envelope's flap; that of a reply opens downwards.
    const [across, up] = [size * 1.2, size * (shape === "data" ? 0.75 : -0.75)];
    line([x - across, y - up], [x, y + 0.13 * up], [x + across, y - up]);
    stroke(isHollow ? color : colors.paper, 1.3);
  }
  if (copy) {
    outline(shape, x, y, size + 4);
    stroke(color, 1);
  }
}
function drawWaiting(x, y, isDead) {
  const color = isDead ? colors.bad : colors.data;
  box(x, y, 10, 10);
  ink(isDead ? colors.node : color);
  stroke(color, 1.5);
  if (!isDead) return;
  line([x - 5, y - 5], [x + 5, y + 5]);
  stroke(color, 1.5);
}
function drawLink(x0, y0, x1, y1, isCut) {
  line([x0, y0], [x1, y1]);
  stroke(isCut ? colors.bad : colors.line, isCut ? 2 : 1, isCut ? [3, 7] : []);
}
function drawHatches(x, y, radius) {
  pen.save();
  circle(x, y, radius);
  pen.clip();
  for (let left = x - 2 * radius; left < x + 2 * radius; left += 8) {
    line([left, y - radius], [left + 2 * radius, y + radius]);
    stroke(colors.bad, 1.5);
  }
  pen.restore();
}
