"use strict";
// The story: what the page is given, and what is known of it at an instant.

const SHAPES = {
  ...{ message: "data", request: "data", task: "data", event: "data" },
  ...{ reply: "reply", result: "reply" },
};
const given = JSON.parse(document.getElementById("trace").textContent);
const { nodes, links, contents, words, start, runs, runOf } = given;
const subjects = given.subjects.map(([kind, data, label, isCorrelated, attempt, copy, delivery]) => {
  return { kind, data, label, isCorrelated, attempt, copy, delivery };
});
const every = {}; // that the page holds
every.rows = given.rows.map(([ns, event, node, link, message, attempt, copy, about]) => {
  const what = { event: given.events[event], message, attempt, copy, about };
  return { ns, at: ns, node, link, ...what, subject: subjects[about] };
});
every.journeys = given.journeys.map((told) => {
  const [from, to, message, attempt, copy, sent, ended, fate, isAnswer, about] = told;
  const subject = subjects[about];
  const shape = SHAPES[subject.kind] ?? subject.kind;
  const what = { subject, shape, again: Math.max(subject.attempt, subject.delivery), copy };
  return { ...what, from, to, message, attempt, sent, ended, fate: given.fates[fate], isAnswer };
});

// Some events count: each as what, in which run.
runs.forEach(({ counts }, run) => {
  for (const [place, counter] of counts) (every.rows[place].counts ??= []).push([run, counter]);
});

const linkOf = new Map(links.map(([from, to], place) => [`${from} ${to}`, place]));
const between = (from, to) => linkOf.get(`${from} ${to}`) ?? -1;
const back = links.map(([from, to]) => between(to, from));
const runOfRow = ({ node, link }) => runOf[node >= 0 ? node : links[link][0]];

// Links of the same name in several runs are one link, and messages of one number on it are one.
const endsOf = links.map((ends) => ends.map((node) => nodes[node]).join("→"));
const isSame = (one, other) =>
  one.message === other?.message && endsOf[one.link] === endsOf[other.link];
const usual = given.usual || Math.max((given.end - start) / 20, 1); // delay, or what stands for it

// Whose data each copy is about, how far it comes, and when it falls. A copy is lost as it leaves,
// and nobody knows how far it came: it falls halfway.
for (const j of every.journeys) {
  j.dataLink = !j.isAnswer ? between(j.from, j.to) : between(j.to, j.from);
  const lost = j.fate === "lost";
  const falls = lost || j.fate === "dropped";
  j.falls = lost ? j.sent + usual / 2 : falls ? j.ended : Infinity;
  j.gone = falls ? j.falls + usual / 2 : j.fate === "travelling" ? Infinity : j.ended;
  j.reach = lost ? 0.5 : j.ended > j.sent ? 1 : 0;
}
// A loss is told where it is seen: on the way.
for (const row of every.rows) if (row.event === "lost") row.ns = row.at + usual / 2;

// What is told, and what follows from it; `tellStory` says.
let rows, journeys, spans;
let created; // events by which messages come to be: one a message, whatever the run
let earlier; // rows before the time that is played
let end;
let inFlight, underWay; // at an instant
let lasting; // events that begin what nodes do for some time

// How many rows have happened at an instant.
function before(ns) {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle].ns <= ns) low = middle + 1;
    else high = middle;
  }
  return low;
}

// ------------------------------------------- which nodes are down, links cut, messages in queues

const state = { upTo: Infinity };
const identity = (row) => `${row.link}:${row.message}`;

function setAt(sets, node) {
  if (!sets.has(node)) sets.set(node, new Set());
  return sets.get(node);
}
function leave(row) {
  if (!setAt(state.queues, row.node).delete(identity(row))) {
    setAt(state.dead, row.node).delete(identity(row));
  }
}
const changes = {
  crashed: (row) => state.down.add(row.node),
  restarted: (row) => state.down.delete(row.node),
  partitioned: (row) => state.cut.add(row.link),
  healed: (row) => state.cut.delete(row.link),
  enqueued(row) {
    const dead = setAt(state.dead, row.node);
    const { expired } = state; // in the row before: it goes on to the dead letters
    if (expired?.ns === row.ns && identity(expired) === identity(row)) dead.add(identity(row));
    else if (!dead.has(identity(row))) setAt(state.queues, row.node).add(identity(row));
  },
  dequeued: leave,
  redelivered: leave,
  dropped: leave,
  expired(row) {
    leave(row);
    state.expired = row;
  },
  dead_lettered(row) {
    leave(row);
    setAt(state.dead, row.node).add(identity(row));
  },
};

// The state after so many rows. Forward, only the new ones are looked at.
function stateAfter(count) {
  if (count < state.upTo) {
    const nothing = { down: new Set(), cut: new Set(), queues: new Map(), dead: new Map() };
    const counts = runs.map(({ counters }) => counters.map(() => 0));
    Object.assign(state, { upTo: 0, expired: null, counts, ...nothing });
  }
  while (state.upTo < count) {
    const row = rows[state.upTo++];
    changes[row.event]?.(row);
    for (const [run, counter] of row.counts ?? []) state.counts[run][counter]++;
  }
  return state;
}

// ---------------------------------------------------------------------------- what is in flight

// What is there at an instant, of things in the order of `sent`, each until it is `gone`. Forward,
// only those that begin are looked at.
function among(things) {
  let [last, next, there] = [Infinity, 0, []];
  return (ns) => {
    if (ns < last) [next, there] = [0, []];
    last = ns;
    there = there.filter((one) => one.gone >= ns);
    while (next < things.length && things[next].sent <= ns) {
      const one = things[next++];
      if (one.gone >= ns) there.push(one);
    }
    return there;
  };
}

// What nodes do for some time: wait, work, go on.
every.spans = given.spans.map(([event, node, sent, ended, isWhole, about]) => {
  const gone = ended === sent ? sent + usual : (ended ?? Infinity) - 1;
  const what = { event: given.events[event], isWhole, about, subject: subjects[about] };
  return { node, sent, ended, gone, ...what };
});
const begins = ({ node, about }, ns) => `${node} ${ns} ${about}`;

// How far a copy is on its way, from 0 to 1.
function along(j, ns) {
  if (ns > j.falls) return j.reach;
  if (j.fate === "travelling") return 0.9 * (1 - Math.exp((j.sent - ns) / usual)); // nobody knows
  if (j.fate === "lost") return (j.reach * (ns - j.sent)) / Math.max(j.falls - j.sent, 1);
  return Math.min((ns - j.sent) / Math.max(j.ended - j.sent, 1), 1);
}

// ---------------------------------------------------------------------------- a message's ledger

const ofMessage = new Map(); // by number: its rows, with their places; its data that arrived

function those(message) {
  if (!ofMessage.has(message)) ofMessage.set(message, { rows: [], arrived: [] });
  return ofMessage.get(message);
}

// Tell a story: these events, journeys and spans, up to some instant and until all has fallen.
function tellStory(told, until) {
  const byStart = (one, other) => one.sent - other.sent;
  rows = [...told.rows].sort((one, other) => one.ns - other.ns);
  journeys = [...told.journeys].sort(byStart);
  spans = [...told.spans].sort(byStart);
  const known = rows.filter((row) => row.event === "created");
  created = [...new Map(known.map((row) => [`${endsOf[row.link]} ${row.message}`, row])).values()];
  earlier = before(start - 1);
  end = journeys.reduce((end, j) => (j.gone < Infinity ? Math.max(end, j.gone) : end), until);
  lasting = new Set(spans.map((span) => begins(span, span.sent)));
  [inFlight, underWay] = [among(journeys), among(spans)];
  state.upTo = Infinity;
  ofMessage.clear();
  rows.forEach((row, place) => those(row.message).rows.push([place, row]));
  for (const j of journeys) {
    const isData = j.dataLink === between(j.from, j.to);
    if (isData && j.fate === "arrived") those(j.message).arrived.push(j);
  }
}
tellStory(every, given.end);

// The link that carries the data of a row's message. Its answers come back by the other link, and the
// rows about them name that one.
function dataLinkOf({ at: ns, event, link, message, attempt, copy }) {
  if (["acknowledged", "completed"].includes(event)) return back[link];
  const left = (j) => event === "duplicated" && j.sent === ns;
  const ended = (j) => event === j.fate && j.ended === ns && j.copy === copy;
  const isIts = (j) => j.message === message && j.attempt === attempt && (left(j) || ended(j));
  const travels = journeys.find((j) => isIts(j) && between(j.from, j.to) === link);
  return travels?.dataLink ?? link;
}

// The message's row of the ledger after so many rows, as the simulator keeps it, as far as a trace
// shows it: not its effects, nor whether a sender without acknowledgement waits for one.
function ledgerOf({ link, message }, count, ns) {
  const { rows: theirs, arrived } = those(message);
  const upTo = theirs.filter(([place]) => place < count).map(([, row]) => row);
  const ours = (event, by = link) => upTo.filter((row) => row.event === event && row.link === by);
  const first = (found) => found[0]?.ns ?? null;
  const known = first(ours("acknowledged", back[link]));
  const gaveUp = first(ours("gave_up"));
  return {
    message,
    created_s: first(ours("created")),
    attempts: ours("sent").length + ours("release_sent").length,
    arrivals: arrived.filter((j) => j.dataLink === link && j.ended <= ns).length,
    handovers: ours("handed_over").length,
    suppressed: ours("suppressed").length,
    delivered_s: first(ours("handed_over")),
    acknowledged_s: known,
    gave_up_s: gaveUp,
    acks_sent: ours("ack_sent").length,
    belief: known !== null ? "acknowledged" : gaveUp !== null ? "gave_up" : "unacknowledged",
  };
}
