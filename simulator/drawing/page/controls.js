// The controls: play, pause, step, speed, time line, keys, language, theme; and the address.

const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 50, 200, 1000];
const stillness = matchMedia("(prefers-reduced-motion: reduce)");
const darkness = matchMedia("(prefers-color-scheme: dark)");

let now = start; // the instant that is shown
let shown = before(start); // how many rows have happened
let playing = false;
let clock = start; // while it plays: where it is, also between events
let drawn = 0; // when the last frame was drawn
let coming = 0; // the frame that was asked for
let chosen = null; // a message: its number, and the link that its data take
let theme = ""; // as the reader's system is, until one is chosen

// What a page with more to it does besides: as it shows an instant or speaks, as it obeys the
// address, and where a copy is touched (it says whether that was all).
const extra = { show() {}, speak() {}, obey() {}, touch: () => false };

function draw() {
  const span = usual * Math.max(0.7, playing ? 0.6 * $("speed").value : 0);
  drawScene(now, shown, { chosen, span, isStill: stillness.matches });
  showCounts(shown);
}
function show() {
  draw();
  $("time").value = now;
  $("clock").textContent = `${seconds(now)} / ${seconds(end)} s`;
  extra.show();
  showLedger(chosen, shown, now);
  showEvents(shown);
  const latest = shown ? tell(rows[shown - 1]) : "";
  if ($("now").textContent !== latest) $("now").textContent = latest;
  if (!playing) $("time").ariaValueText = `${seconds(now)} s`;
}
function layOut() {
  fit();
  drawLegend();
  fit(); // the legend may have taken another line
  drawMarks();
  keepLatestInView();
  pen = penOf(scene);
  draw();
}

// ------------------------------------------------------------------------------ what a hand does

function go(ns, count) {
  now = clock = Math.min(Math.max(ns, start), end);
  shown = count ?? before(now);
  show();
}
function jump(ns) {
  pause();
  go(ns);
}
function step(by) {
  pause();
  const count = Math.min(Math.max(shown + by, earlier), rows.length);
  go(count > earlier ? rows[count - 1].ns : start, count);
}
function play() {
  if (now >= end) go(start);
  playing = true;
  drawn = performance.now();
  $("now").ariaLive = "off"; // nothing is read aloud while it plays
  namePlay();
  coming = requestAnimationFrame(frame);
}
function pause() {
  if (!playing) return;
  playing = false;
  cancelAnimationFrame(coming);
  $("now").ariaLive = "polite";
  namePlay();
  show();
}
function frame(time) {
  const passed = Math.min(Math.max(time - drawn, 0), 100); // a page that was hidden does not leap
  drawn = time;
  clock = Math.min(clock + (passed / 1000) * usual * $("speed").value, end);
  while (shown < rows.length && rows[shown].ns <= clock) shown++;
  const event = shown ? rows[shown - 1].ns : start;
  now = stillness.matches && clock < end ? Math.max(now, event) : clock; // nothing glides, if asked
  if (clock >= end) return pause();
  show();
  coming = requestAnimationFrame(frame);
}
function choose(message, link) {
  chosen = message < 0 || link < 0 ? null : { message, link };
  show();
}
function chooseNext(by) {
  const place = created.findIndex((row) => isSame(row, chosen));
  const next = place < 0 && by < 0 ? created.length - 1 : place + by;
  const row = created[(next + created.length) % created.length];
  if (row) choose(row.message, row.link);
}
function faster(by) {
  const place = $("speed").selectedIndex + by;
  $("speed").selectedIndex = Math.min(Math.max(place, 0), SPEEDS.length - 1);
}
function turnLanguage() {
  language = language === "en" ? "fr" : "en";
  speak();
}
function turnTheme() {
  theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  speak();
}

const DOES = {
  " ": () => (playing ? pause() : play()),
  ArrowLeft: () => step(-1),
  ArrowRight: () => step(1),
  Home: () => jump(start),
  End: () => jump(end),
  "-": () => faster(-1),
  "+": () => faster(1),
  "=": () => faster(1), // where + takes two keys
  m: () => chooseNext(1),
  M: () => chooseNext(-1),
  Escape: () => choose(-1, -1),
  l: turnLanguage,
  d: turnTheme,
  "?": () => openHelp(),
};
const HELP = [
  ["key_play", "space"],
  ["key_step", "←", "→"],
  ["key_ends", "Home", "End"],
  ["key_speed", "−", "+"],
  ["key_message", "M", "⇧ M"],
  ["key_none", "Esc"],
  ["key_language", "L"],
  ["key_theme", "D"],
  ["key_help", "?"],
];

function onKey(event) {
  const { target, key } = event;
  if ($("help-page").open) return; // it has its own
  const list = target.closest?.("#events");
  if (event.ctrlKey || event.metaKey || event.altKey || target.tagName === "SELECT") return;
  if (target.type === "range" && target.id !== "time") return;
  if (target.tagName === "BUTTON" && (key === " " || key === "Enter")) return;
  const inList = { ArrowUp: () => step(-1), ArrowDown: () => step(1) };
  const does = (list && inList[key]) || DOES[key];
  if (!does) return;
  event.preventDefault();
  does();
  if (list) list.querySelector("[tabindex='0']")?.focus({ preventScroll: true });
}
function onEvent({ target }) {
  const place = Number(target.dataset.place ?? -1);
  const row = rows[place];
  if (!row) return;
  pause();
  go(Math.max(row.ns, start), place + 1);
  choose(row.message, dataLinkOf(row));
}
function onScene({ clientX, clientY }) {
  const corner = scene.getBoundingClientRect();
  const far = ({ x, y }) => Math.hypot(x - clientX + corner.left, y - clientY + corner.top);
  const near = targets.filter((target) => far(target) < 28); // as wide as a finger
  near.sort((one, other) => far(one) - far(other));
  if (extra.touch(near[0]?.copy)) return;
  choose(near[0]?.message ?? -1, near[0]?.link ?? -1);
}

// ---------------------------------------------------------------- in another language, or theme

function namePlay() {
  $("play").textContent = playing ? "❚❚ " + say("pause") : "▶\ufe0e " + say("play");
}
function speak() {
  const root = document.documentElement;
  root.lang = language;
  root.dataset.theme = theme || (darkness.matches ? "dark" : "light");
  document.title = runs.map((_, run) => titleOf(run)).join(" | ");
  namePlay();
  scene.ariaLabel = say("picture", [...nodes.keys()].map(nodeName).join(", "));
  $("time").ariaLabel = say("time_line");
  $("back").ariaLabel = $("back").title = say("previous_event");
  $("next").ariaLabel = $("next").title = say("next_event");
  $("speed-word").textContent = say("speed");
  for (const option of $("speed").options) option.textContent = "× " + number(option.value);
  $("language").textContent = say("other_language");
  $("language").lang = language === "en" ? "fr" : "en";
  $("theme").textContent = root.dataset.theme === "dark" ? say("light") : say("dark");
  $("events-word").textContent = say("events");
  nameRuns();
  nameHelp();
  extra.speak();
  layOut();
  show();
}

// --------------------------------- the address: #lang=fr&theme=dark&speed=2&t=0.4&message=0

function obey() {
  const asked = new URLSearchParams(location.hash.slice(1));
  if (Object.hasOwn(words, asked.get("lang"))) language = asked.get("lang");
  if (["light", "dark"].includes(asked.get("theme"))) theme = asked.get("theme");
  const speed = Number(asked.get("speed"));
  if (SPEEDS.includes(speed)) $("speed").value = speed;
  const first = (row) => row.message === Number(asked.get("message"));
  const row = asked.has("message") && created.find(first);
  if (row) chosen = { message: row.message, link: row.link };
  extra.obey(asked);
  speak();
  if (asked.has("t")) jump(Number(asked.get("t")) * 1e9 || 0);
}

document.documentElement.classList.toggle("several", runs.length > 1);
document.documentElement.classList.toggle("pair", crowd < 3);
for (const speed of SPEEDS) $("speed").append(new Option(speed, speed, speed === 1, speed === 1));
$("time").min = start;
$("time").max = end;
$("time").addEventListener("input", () => jump(Number($("time").value)));
$("play").addEventListener("click", DOES[" "]);
$("back").addEventListener("click", DOES.ArrowLeft);
$("next").addEventListener("click", DOES.ArrowRight);
$("language").addEventListener("click", turnLanguage);
$("theme").addEventListener("click", turnTheme);
$("help").addEventListener("click", openHelp);
$("close").addEventListener("click", () => $("help-page").close());
$("events").addEventListener("click", onEvent);
scene.addEventListener("click", onScene);
document.addEventListener("keydown", onKey);
darkness.addEventListener("change", speak);
addEventListener("resize", layOut);
// A frame in a notebook may get its size without that event.
new ResizeObserver(() => requestAnimationFrame(layOut)).observe(scene);
addEventListener("hashchange", obey);
obey();
