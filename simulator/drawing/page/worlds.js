// The worlds: a hand does something to a copy, and time goes on in another world. All of them were
// recorded; what is done leads from one to another.

// ------------------------------------------------------------------------------ what is recorded

// A choice of the network: which copies it is about, and what can be done to them.
const choices = given.choices.map(([from, to, message, attempt, copy, isAnswer, sent, deeds]) => {
  const which = [from, to, message, attempt, copy, isAnswer, sent];
  const address = [...which, sent < 0 ? deeds[0] : ""].join(" ");
  return { from, to, message, attempt, copy, isAnswer, sent, deeds, address };
});
const tables = [every.rows, every.journeys, every.spans, choices];
const recorded = new Map(); // by its key: the options taken, up to the last that does something
{
  let before = tables.map(() => []);
  for (const [key, ended, lost, kept, events, isDecided, said, ...after] of given.worlds) {
    const places = after.map(([shared, ...own], table) => [...before[table].slice(0, shared), ...own]);
    recorded.set(key, { ended, lost, kept, events, isDecided, said, places });
    before = places;
  }
}
const several = given.starts.length > 1; // messages that do not meet: one tree for each
const TIMES = ["ns", "at", "sent", "ended", "falls", "gone"];

// Something of the tree, as it happens to one of the messages.
function retold(thing, tree) {
  const one = { ...thing, tree, told: thing };
  if (!several) return one;
  for (const time of TIMES) if (Number.isFinite(one[time])) one[time] += given.starts[tree];
  if (one.message >= 0) one.message = tree;
  if (!one.subject) return one;
  const subject = { ...one.subject, label: `${tree}` };
  return { ...one, subject, about: one.about + tree * subjects.length };
}
function isAbout(choice, j) {
  const ends = j.from === choice.from && j.to === choice.to && j.isAnswer === choice.isAnswer;
  const copy = choice.copy < 0 || j.copy === choice.copy;
  const sent = choice.sent < 0 || j.told.sent === choice.sent;
  return ends && copy && sent && j.told.message === choice.message && j.attempt === choice.attempt;
}

// ------------------------------------------------------------------------------- the world shown

const calm = given.starts.map(() => "");
let paths = calm; // the key of each tree's world
let fallen = new Map(); // where copies were lost by hand: when, and how far they had come
let deeds = []; // what is done in this world
let offers = new Map(); // what can be done, by copy
const past = []; // worlds to go back to

const worldsOf = () => paths.map((path) => recorded.get(path));
const trimmed = (path) => path.replace(/0+$/, "");
const nameOfWorld = (these) => these.map((path) => path || "0").join(".");

// The key of a tree's world in which all is done that was wanted, as far as it can be.
function keyOf(tree, wanted) {
  let path = "";
  for (let place = 0; ; place++) {
    const choice = choices[recorded.get(trimmed(path)).places[3][place]];
    if (!choice) return trimmed(path);
    const deed = wanted.get(`${tree} ${choice.address}`);
    path += deed ? 1 + choice.deeds.indexOf(deed) : 0;
  }
}

// A copy that a hand lost falls from where it was.
function fallFrom(j, { ns, reach }, rows) {
  const isIts = (row) => row.event === "lost" && row.at === j.sent && row.tree === j.tree;
  const its = rows.filter((row) => isIts(row) && row.attempt === j.attempt && row.copy === j.copy);
  for (const row of its) if (row.message === j.message) row.ns = ns;
  Object.assign(j, { falls: ns, gone: ns + usual / 2, reach });
}

function visit(there) {
  ({ paths, fallen } = there);
  [deeds, offers] = [[], new Map()];
  const told = { rows: [], journeys: [], spans: [] };
  let until = start;
  worldsOf().forEach((world, tree) => {
    const [rows, journeys, spans, theirs] = world.places.map((places, table) =>
      places.map((place) => (table < 3 ? retold(tables[table][place], tree) : choices[place])),
    );
    theirs.forEach((choice, place) => {
      const copies = journeys.filter((j) => isAbout(choice, j));
      if (!copies.length) return; // a refusal that nobody waited for
      const where = `${tree} ${choice.address}`;
      const deed = choice.deeds[Number(paths[tree][place] ?? 0) - 1];
      if (deed) deeds.push({ where, deed, copy: copies[0], from: copies[0].sent });
      if (deed === "lose" && fallen.has(where)) fallFrom(copies[0], fallen.get(where), rows);
      for (const j of deed ? [] : copies) {
        const more = choice.deeds.map((each) => ({ where, deed: each, isCrash: choice.sent < 0 }));
        offers.set(j, [...(offers.get(j) ?? []), ...more]);
      }
    });
    told.rows.push(...rows);
    told.journeys.push(...journeys);
    told.spans.push(...spans);
    until = Math.max(until, world.ended + given.starts[tree]);
  });
  deeds.sort((one, other) => one.from - other.from);
  tellStory(told, until);
  $("time").max = end;
  [listed, shownCopies] = [null, ""]; // what stands beside the picture is another
  showWorld();
  drawMarks();
}
function remember() {
  past.push({ paths, fallen, now });
}

// The address names the world: a link opens it.
function nameWorld() {
  const named = { lang: language, ...(theme && { theme }), world: nameOfWorld(paths) };
  const hash = `#${new URLSearchParams(named)}`;
  if (window === top) location.hash = hash; // the browser goes back, too
  else if (location.protocol !== "about:") history.replaceState(null, "", hash); // the book's is its own
}
function act({ where, deed }, j) {
  const wanted = new Map(deeds.filter(({ from }) => from <= now).map((one) => [one.where, one.deed]));
  wanted.set(where, deed);
  remember();
  const lost = deed === "lose" ? [[where, { ns: now, reach: along(j, now) }]] : [];
  visit({ paths: calm.map((_, tree) => keyOf(tree, wanted)), fallen: new Map([...fallen, ...lost]) });
  go(now);
  nameWorld();
  if (!playing && !stillness.matches) play();
}
function undo() {
  if (!past.length) return;
  pause();
  const last = past.pop();
  visit(last);
  go(last.now);
  nameWorld();
}
function breakIt() {
  pause();
  remember();
  visit({ paths: given.least, fallen: new Map() });
  go(start);
  nameWorld();
}
const isOnItsWay = (j) => j.sent <= now && (now < j.ended || j.fate === "travelling" || now === j.sent);
