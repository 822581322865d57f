// What stands beside the picture: legend, marks of the time line, events and ledger, in words.

const LISTED = 200; // events, around the present
const FOLLOWED = 8; // while it plays: as many as are seen, so that nothing need be scrolled
const WRONG = new Set(
  ["lost", "dropped", "expired", "unrouted", "timed_out", "gave_up", "crashed", "partitioned"],
);

function make(tag, text, properties = {}) {
  return Object.assign(document.createElement(tag), { textContent: text, ...properties });
}

// ------------------------------------------------------------------------------------ the legend

const isThere = (test) => every.journeys.some(test);
const happened = (event) => every.rows.some((row) => row.event === event);
const example = (shape, again = 1, copy = 0) => () => drawCopy({ shape, again, copy }, 15, 11, 6);
const kinds = [...new Set(every.journeys.map((j) => j.subject.kind))];
const LEGEND = [
  ...kinds.map((kind) => [kind, example(SHAPES[kind] ?? kind), true]),
  ["again", example("data", 2), isThere((j) => j.shape === "data" && j.again > 1)],
  ["copied", example("data", 1, 1), isThere((j) => j.shape === "data" && j.copy)],
  ["lost", () => cross(15, 11, 6), isThere((j) => j.falls < Infinity)],
  ["queued", () => drawWaiting(15, 11, false), happened("enqueued")],
  ["dead", () => drawWaiting(15, 11, true), happened("dead_lettered") || happened("expired")],
  ["cut", () => drawLink(1, 11, 29, 11, true), happened("partitioned")],
].filter(([, , isInIt]) => isInIt);

function drawLegend() {
  const items = LEGEND.map(([word]) => {
    const item = make("li", "");
    item.append(make("canvas", "", { ariaHidden: "true" }), kinds.includes(word) ? kindName(word) : say("legend_" + word));
    return item;
  });
  $("legend").replaceChildren(...items);
  items.forEach((item, place) => {
    pen = penOf(item.firstChild);
    LEGEND[place][1]();
  });
}

// What went wrong stands higher.
function drawMarks() {
  const canvas = $("marks");
  const across = canvas.getBoundingClientRect().width;
  const every = Math.ceil(rows.length / 4000); // of what went well: that many are enough
  const marks = penOf(canvas);
  for (let place = earlier; place < rows.length; place++) {
    const isWrong = WRONG.has(rows[place].event);
    if (!isWrong && place % every) continue;
    const part = (rows[place].ns - start) / Math.max(end - start, 1);
    marks.fillStyle = isWrong ? colors.bad : colors.line;
    marks.fillRect(8 + (across - 16) * part, isWrong ? 0 : 5, 1, isWrong ? 10 : 5);
  }
}

// ------------------------------------------------------------------------------------ the events

let listed = null; // what the list shows: how many events, from which on, in which language

function nameItem(item, place) {
  item.firstChild.textContent = tell(rows[place]);
  item.firstChild.dataset.place = place;
}
function makeItem(place) {
  const item = make("li", "");
  item.append(make("button", "", { type: "button", tabIndex: -1 }));
  nameItem(item, place);
  return item;
}

// As time goes on, the first event becomes the last: what stays in the list is not touched.
function showEvents(shown) {
  const list = $("events");
  const follows = playing && rows.length > FOLLOWED;
  const many = follows ? FOLLOWED : LISTED;
  const last = follows ? shown : rows.length - many; // past the end of a trace nothing follows
  const from = Math.max(0, Math.min(shown - many / 2, last));
  const isSo = listed?.language === language && listed.many === many;
  const ahead = isSo ? from - listed.from : -1;
  if (ahead < 0 || ahead >= many) {
    list.classList.toggle("long", rows.length > FOLLOWED);
    const there = rows.slice(from, from + many);
    list.replaceChildren(...there.map((_, place) => makeItem(from + place)));
  } else {
    for (let place = from - ahead; place < from; place++) {
      const item = list.firstChild;
      if (place + many < rows.length) nameItem(list.appendChild(item), place + many);
      else item.remove();
    }
  }
  listed = { from, many, language };
  markEvent(shown);
}

// The latest event: Tab comes to it alone, arrows go on from it.
function markEvent(shown) {
  const list = $("events");
  const old = list.querySelector("[tabindex='0']");
  const latest = list.querySelector(`[data-place="${Math.max(shown - 1, 0)}"]`);
  if (old !== latest) {
    if (old) old.tabIndex = -1;
    old?.removeAttribute("aria-current");
    latest.tabIndex = 0;
    keepLatestInView();
  }
  if (shown) latest?.setAttribute("aria-current", "true");
  else latest?.removeAttribute("aria-current");
}

// A frame may get its width late, and its lines wrap anew: where an event stands is then another.
function keepLatestInView() {
  const list = $("events");
  const latest = list.querySelector("[tabindex='0']");
  if (latest && listed?.many === LISTED) list.scrollTop = latest.offsetTop - list.clientHeight / 2;
}

// ------------------------------------------------------------------------------------ the ledger

let ledgerShown = "";
const subjectOf = (chosen) =>
  created.find((row) => isSame(row, chosen))?.subject ??
  { kind: "message", data: "message", label: `${chosen.message}` };

// What is said of a message, by name: in each run that has it, side by side.
function ledgerLines(chosen, shown, ns) {
  if (!chosen) return [];
  const { message } = chosen;
  const alike = [...links.keys()].filter((link) => isSame({ message, link }, chosen));
  const told = alike.map((link) => {
    const carried = contents[`${link}:${message}`];
    const ledger = Object.entries(ledgerOf({ link, message }, shown, ns));
    return [
      ...(alike.length > 1 ? [["run", letterOf(runOf[links[link][0]])]] : []),
      ["link", linkName(link)],
      ...(carried === undefined ? [] : [["contents", carried]]),
      ...ledger.map(([name, value]) => [name, valueName(name, value)]),
    ];
  });
  return told[0].map(([name], line) => [name, ...told.map((lines) => lines[line]?.[1] ?? "")]);
}
function showLedger(chosen, shown, ns) {
  const lines = ledgerLines(chosen, shown, ns);
  const wanted = JSON.stringify([language, lines]);
  if (wanted === ledgerShown) return;
  ledgerShown = wanted;
  $("ledger-word").textContent = chosen
    ? say("ledger_of", nameOf(subjectOf(chosen)))
    : say("choose");
  const made = lines.map(([name, ...values]) => {
    const isOne = name === "link" && values.every((value) => value === values[0]);
    const written = isOne ? values.slice(0, 1) : values;
    const cells = written.map((value) => make("td", value)); // as text: markup in it does nothing
    if (isOne) cells[0].colSpan = values.length;
    for (const cell of cells) cell.dataset.column = name;
    const row = make("tr", "");
    row.append(make("th", say("column_" + name), { scope: "row" }), ...cells);
    return row;
  });
  $("ledger").replaceChildren(...made);
}
