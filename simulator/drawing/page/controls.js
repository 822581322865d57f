// The controls: play, pause, step, speed, time line, keys, language, theme; events and ledger in words.

const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 50, 200, 1000];
const LISTED = 200; // events around the present in the list
const stillness = matchMedia("(prefers-reduced-motion: reduce)"); // from event to event, nothing glides
const darkness = matchMedia("(prefers-color-scheme: dark)");

let language = given.language, theme = "", now = start, shown = before(start); // rows that have happened
let playing = false, clock = start, last = 0, chosen = null, listed = "", ledgerShown = "";

// ------------------------------------------------------------------------------------------- words

function say(name, about = "") { return words[language][name].replace("{}", () => about); }
function nodeName(node) { return ["sender", "receiver"].includes(nodes[node]) ? say(nodes[node]) : nodes[node]; }
function number(value) { return String(value).replace(".", say("decimal")); }
function seconds(ns) { return number((ns / 1e9).toFixed(3)); }
function messageName(m) {
  return say("message", m.message) + (m.attempt > 1 ? say("attempt", m.attempt) : "") + (m.copy ? say("copy") : "");
}
function linkName(link) { return links[link].map(nodeName).join("→"); }
function tell(row) {
  const where = row.node >= 0 ? nodeName(row.node) : linkName(row.link);
  return `${seconds(row.ns)} s · ${where} · ${say(row.event, row.message < 0 ? where : messageName(row))}`;
}

// ------------------------------------------------------------------------- what stands beside the picture

function draw() {
  drawScene(now, shown, { chosen, still: stillness.matches,
    span: usual * Math.max(0.7, playing ? 0.6 * $("speed").value : 0) });
}
function show() {
  draw();
  $("time").value = now;
  $("clock").textContent = `${seconds(now)} / ${seconds(end)} s`;
  if (playing && rows.length > LISTED) return; // a long list waits for a pause
  const from = Math.max(0, Math.min(shown - LISTED / 2, rows.length - LISTED)), wanted = `${from} ${language}`;
  if (wanted !== listed) listEvents(from);
  listed = wanted;
  markEvent();
  if (playing) return;
  $("time").setAttribute("aria-valuetext", `${seconds(now)} s`);
  $("now").textContent = shown ? tell(rows[shown - 1]) : "";
  showLedger();
}
function listEvents(from) {
  $("events").replaceChildren(...rows.slice(from, from + LISTED).map((row, place) => {
    const item = document.createElement("li"), button = document.createElement("button");
    button.type = "button"; button.tabIndex = -1; button.textContent = tell(row); button.dataset.place = from + place;
    item.append(button);
    return item;
  }));
}
function markEvent() { // the latest event; Tab comes to it, arrows go on from it
  const list = $("events"), old = list.querySelector("[tabindex='0']");
  const button = list.querySelector(`[data-place="${Math.max(shown - 1, 0)}"]`);
  if (old === button && button?.hasAttribute("aria-current") === shown > 0) return;
  if (old) { old.tabIndex = -1; old.removeAttribute("aria-current"); }
  if (!button) return;
  button.tabIndex = 0;
  if (shown) button.setAttribute("aria-current", "true");
  list.scrollTop = button.offsetTop - list.clientHeight / 2;
}
function showLedger() {
  const key = chosen && `${chosen.link}:${chosen.message}`, wanted = `${key} ${shown} ${now} ${language}`;
  if (wanted === ledgerShown) return;
  ledgerShown = wanted;
  $("ledger-word").textContent = chosen ? say("ledger_of", say("message", chosen.message)) : say("choose");
  const lines = !chosen ? [] : [["link", linkName(chosen.link)]];
  if (key in contents) lines.push(["contents", contents[key]]);
  for (const [name, value] of Object.entries(chosen ? ledgerOf(chosen, shown, now) : {}))
    lines.push([name, !name.endsWith("_s") ? number(value) : value === null ? "–" : `${seconds(value)} s`]);
  $("ledger").replaceChildren(...lines.map(([name, value]) => {
    const line = document.createElement("tr"), head = document.createElement("th"), cell = document.createElement("td");
    head.scope = "row"; head.textContent = say("column_" + name);
    cell.textContent = value; cell.dataset.column = name; // as text: markup in it does nothing
    line.append(head, cell);
    return line;
  }));
}
function speak() { // in another language, theme or size
  document.documentElement.lang = language;
  document.documentElement.dataset.theme = theme || (darkness.matches ? "dark" : "light");
  document.title = say("title");
  scene.setAttribute("aria-label", say("picture", nodes.map((_, node) => nodeName(node)).join(", ")));
  $("time").setAttribute("aria-label", say("time_line"));
  for (const [id, word] of [["back", "previous_event"], ["next", "next_event"]]) {
    $(id).setAttribute("aria-label", say(word)); $(id).title = say(word);
  }
  for (const [id, word] of [["speed-word", "speed"], ["language", "other_language"], ["events-word", "events"]])
    $(id).textContent = say(word);
  $("language").lang = language === "en" ? "fr" : "en";
  $("theme").textContent = say(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
  [...$("speed").options].forEach((option) => option.textContent = "× " + number(option.value));
  $("help").firstElementChild.textContent = say("help");
  $("help").lastElementChild.replaceChildren(...Object.keys(KEYS).flatMap((keys) => {
    const names = document.createElement("dt"), what = document.createElement("dd");
    keys.split(" ").forEach((key) => names.append(Object.assign(document.createElement("kbd"), { textContent: NAMES[key] ?? key }), " "));
    what.textContent = say(KEYS[keys]);
    return [names, what];
  }));
  namePlay();
  listed = ledgerShown = "";
  drawLegend();
  drawMarks();
  show();
}
function namePlay() { $("play").textContent = playing ? "⏸\ufe0e " + say("pause") : "▶\ufe0e " + say("play"); }

// ------------------------------------------------------------------------------------ what a hand does

function go(ns, count = before(ns)) { now = clock = Math.min(Math.max(ns, start), end); shown = count; show(); }
function jump(ns) { pause(); go(ns); }
function step(by) {
  pause();
  const count = Math.min(Math.max(shown + by, earlier), rows.length);
  go(count > earlier ? rows[count - 1].ns : start, count);
}
function play() {
  if (now >= end) go(start);
  playing = true; clock = now; last = performance.now();
  namePlay(); requestAnimationFrame(frame);
}
function pause() { if (playing) { playing = false; namePlay(); show(); } }
function frame(time) {
  if (!playing) return;
  const passed = Math.min(Math.max(time - last, 0), 100); // a page that was hidden does not leap
  clock = Math.min(clock + passed / 1000 * usual * $("speed").value, end);
  last = time;
  while (shown < rows.length && rows[shown].ns <= clock) shown++;
  now = stillness.matches && clock < end ? Math.max(now, shown ? rows[shown - 1].ns : start) : clock;
  if (clock >= end) pause(); else { show(); requestAnimationFrame(frame); }
}
function choose(message, link) { chosen = message < 0 || link < 0 ? null : { message, link }; ledgerShown = ""; show(); showLedger(); }
function chooseNext(by) {
  const place = chosen ? created.findIndex((row) => row.message === chosen.message && row.link === chosen.link) : by > 0 ? -1 : 0;
  const row = created[(place + by + created.length) % created.length];
  if (row) choose(row.message, row.link);
}
function faster(by) { $("speed").selectedIndex = Math.min(Math.max($("speed").selectedIndex + by, 0), SPEEDS.length - 1); }
function turnLanguage() { language = language === "en" ? "fr" : "en"; speak(); }
function turnTheme() { theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark"; speak(); }

const KEYS = { Space: "key_play", "ArrowLeft ArrowRight": "key_step", "Home End": "key_ends", "- +": "key_speed",
  "m M": "key_message", Escape: "key_none", l: "key_language", d: "key_theme" };
const NAMES = { ArrowLeft: "←", ArrowRight: "→", Escape: "Esc", m: "M", M: "⇧ M", l: "L", d: "D", "-": "−" };
const DOES = { " ": () => playing ? pause() : play(), ArrowRight: () => step(1), ArrowLeft: () => step(-1),
  Home: () => jump(start), End: () => jump(end), "+": () => faster(1), "=": () => faster(1), "-": () => faster(-1),
  m: () => chooseNext(1), M: () => chooseNext(-1), Escape: () => choose(-1, -1), l: turnLanguage, d: turnTheme };
document.addEventListener("keydown", (event) => {
  const on = event.target, list = on.closest?.("#events");
  if (event.ctrlKey || event.metaKey || event.altKey || on.tagName === "SELECT") return;
  if (["BUTTON", "SUMMARY"].includes(on.tagName) && [" ", "Enter"].includes(event.key)) return;
  const does = list && { ArrowUp: () => step(-1), ArrowDown: () => step(1) }[event.key] || DOES[event.key];
  if (!does) return;
  event.preventDefault();
  does();
  if (list) $("events").querySelector("[tabindex='0']")?.focus({ preventScroll: true });
});
$("time").addEventListener("input", () => jump(Number($("time").value)));
$("play").addEventListener("click", DOES[" "]);
$("back").addEventListener("click", DOES.ArrowLeft);
$("next").addEventListener("click", DOES.ArrowRight);
$("language").addEventListener("click", turnLanguage);
$("theme").addEventListener("click", turnTheme);
$("events").addEventListener("click", ({ target }) => {
  const place = Number(target.dataset.place ?? -1), row = rows[place];
  if (!row) return;
  pause(); go(Math.max(row.ns, start), place + 1);
  const home = [row.link, back[row.link]].find((link) => created.some((r) => r.link === link && r.message === row.message));
  choose(row.message, home ?? -1); // data go by the link by which the message was created
});
scene.addEventListener("click", (event) => {
  const box = scene.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
  let best = null, near = 28; // as wide as a finger
  for (const target of targets) {
    const far = Math.hypot(target.x - x, target.y - y);
    if (far < near) { near = far; best = target; }
  }
  best ? choose(best.message, best.link) : choose(-1, -1);
});
addEventListener("resize", speak);
darkness.addEventListener("change", speak);

// --------------------------------------------------- the address: #lang=fr&theme=dark&speed=2&t=0.4&message=0

function obey() {
  const asked = new URLSearchParams(location.hash.slice(1));
  if (words[asked.get("lang")]) language = asked.get("lang");
  if (["light", "dark"].includes(asked.get("theme"))) theme = asked.get("theme");
  if (SPEEDS.includes(Number(asked.get("speed")))) $("speed").value = asked.get("speed");
  if (asked.has("t")) { now = clock = Math.min(Math.max(start, (Number(asked.get("t")) || 0) * 1e9), end); shown = before(now); }
  const row = asked.has("message") && created.find((r) => r.message === Number(asked.get("message")));
  if (row) chosen = { message: row.message, link: row.link };
  speak();
}
for (const speed of SPEEDS) $("speed").append(new Option(speed, speed, speed === 1, speed === 1));
$("time").min = start; $("time").max = end;
addEventListener("hashchange", obey);
obey();
