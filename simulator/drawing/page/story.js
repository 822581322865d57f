"use strict";
// The story: what the page is given, and what is known of it at an instant.

const given = JSON.parse(document.getElementById("trace").textContent);
const { nodes, links, contents, words, start } = given;
const rows = given.rows.map(([ns, event, node, link, message, attempt, copy]) =>
  ({ ns, event: given.events[event], node, link, message, attempt, copy }));
const journeys = given.journeys.map(([kind, from, to, message, attempt, copy, sent, ended, fate]) =>
  ({ kind: given.kinds[kind], from, to, message, attempt, copy, sent, ended, fate: given.fates[fate] }))
  .sort((one, other) => one.sent - other.sent);

const linkOf = new Map(links.map(([from, to], place) => [`${from} ${to}`, place]));
const between = (from, to) => linkOf.get(`${from} ${to}`) ?? -1;
const back = links.map(([from, to]) => between(to, from));

// The usual delay: at speed 1 it lasts a second.
const usual = (() => {
  const delays = journeys.filter((j) => j.fate === "arrived" && j.ended > j.sent)
    .map((j) => j.ended - j.sent).sort((one, other) => one - other);
  return delays[delays.length >> 1] || Math.max((given.end - start) / 20, 1);
})();

// Where each copy is from, how far it comes, and when it falls. A copy is lost as it leaves, and
// nobody knows how far it came: it falls halfway.
for (const j of journeys) {
  const onward = j.kind === "data" || j.kind === "release";
  j.dataLink = onward ? between(j.from, j.to) : between(j.to, j.from);
  const lost = j.fate === "lost", falls = lost || j.fate === "dropped";
  j.falls = !falls ? Infinity : lost ? j.sent + usual / 2 : j.ended;
  j.gone = falls ? j.falls + usual / 2 : j.fate === "travelling" ? Infinity : j.ended;
  j.reach = lost ? 0.5 : j.ended > j.sent ? 1 : 0;
}
const end = journeys.reduce((last, j) => j.gone < Infinity ? Math.max(last, j.gone) : last, given.end);

function before(ns) { // how many rows have happened at an instant
  let low = 0, high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle].ns <= ns) low = middle + 1; else high = middle;
  }
  return low;
}
const earlier = before(start - 1); // rows before the time that is played

// ------------------------------------------------- which nodes are down, links cut, messages queued

const state = { upTo: 0 };
const numberOf = (row) => `${row.link}:${row.message}`;
const at = (places, node) => places.get(node) ?? places.set(node, new Set()).get(node);
const changes = {
  crashed: (row) => state.down.add(row.node),
  restarted: (row) => state.down.delete(row.node),
  partitioned: (row) => state.cut.add(row.link),
  healed: (row) => state.cut.delete(row.link),
  enqueued: (row) => at(state.dead, row.node).has(numberOf(row)) || at(state.queues, row.node).add(numberOf(row)),
  dequeued: leave, redelivered: leave, dropped: leave,
  dead_lettered: (row) => { leave(row); at(state.dead, row.node).add(numberOf(row)); },
};
function leave(row) {
  if (!state.queues.get(row.node)?.delete(numberOf(row))) state.dead.get(row.node)?.delete(numberOf(row));
}
function stateAfter(count) {
  if (count < state.upTo || !state.down)
    Object.assign(state, { upTo: 0, down: new Set(), cut: new Set(), queues: new Map(), dead: new Map() });
  while (state.upTo < count) {
    const row = rows[state.upTo++];
    changes[row.event]?.(row);
  }
  return state;
}

// -------------------------------------------------------------------------------- what is in flight

const flight = { ns: -1, next: 0, copies: [] };
function inFlight(ns) { // forward, only what leaves is looked at
  if (ns < flight.ns) Object.assign(flight, { next: 0, copies: [] });
  flight.ns = ns;
  flight.copies = flight.copies.filter((j) => j.gone >= ns);
  while (flight.next < journeys.length && journeys[flight.next].sent <= ns) {
    const j = journeys[flight.next++];
    if (j.gone >= ns) flight.copies.push(j);
  }
  return flight.copies;
}
function along(j, ns) { // how far on its way: 0 to 1
  if (ns > j.falls) return j.reach;
  if (j.fate === "travelling") return 0.9 * (1 - Math.exp((j.sent - ns) / usual)); // nobody knows
  return Math.min((ns - j.sent) / (j.fate === "lost" ? usual : Math.max(j.ended - j.sent, 1)), 1);
}

// ------------------------------------------------------------------------------- a message's ledger

const ofMessage = new Map(); // its rows, and its data
const those = (message) => ofMessage.get(message) ?? ofMessage.set(message, { rows: [], data: [] }).get(message);
rows.forEach((row, place) => those(row.message).rows.push([place, row]));
for (const j of journeys)
  if (j.dataLink === between(j.from, j.to) && j.fate === "arrived") those(j.message).data.push(j);
const created = rows.filter((row) => row.event === "created");

function ledgerOf({ link, message }, count, ns) { // the message's row so far, as the simulator keeps it
  const row = { message, created_s: null, attempts: 0, arrivals: 0, handovers: 0, suppressed: 0,
    delivered_s: null, acknowledged_s: null, gave_up_s: null, acks_sent: 0 };
  row.arrivals = those(message).data.filter((j) => j.dataLink === link && j.ended <= ns).length;
  for (const [place, { event, link: on, ns: when }] of those(message).rows) {
    if (place >= count) break;
    if (on === back[link] && event === "acknowledged" && row.gave_up_s === null) row.acknowledged_s ??= when;
    if (on !== link) continue;
    if (event === "created") row.created_s = when;
    else if (event === "sent" || event === "release_sent") row.attempts += 1;
    else if (event === "handed_over") { row.handovers += 1; row.delivered_s ??= when; }
    else if (event === "suppressed") row.suppressed += 1;
    else if (event === "ack_sent") row.acks_sent += 1;
    else if (event === "gave_up") row.gave_up_s = when;
  }
  return row;
}
