// What stands beside the picture of a world: what holds in it, how likely it is, what can be done.

const panel = make("section", "", { id: "world" });
panel.setAttribute("aria-labelledby", "world-word");
const part = (tag, id, properties = {}) => panel.appendChild(make(tag, "", { id, ...properties }));
part("h2", "world-word");
part("p", "promise", { role: "status" });
part("p", "chance");
const buttons = part("p", "world-buttons");
for (const [id, does] of [["undo", undo], ["least", breakIt]]) {
  const button = make("button", "", { id, type: "button" });
  button.addEventListener("click", does);
  buttons.append(button);
}
part("h2", "way-word");
part("ul", "way", { tabIndex: -1 });
part("h2", "deeds-word");
part("ol", "deeds");
const slider = part("label", "rate-label");
slider.append(make("span", "", { id: "rate-word" }));
const rate = make("input", "", { id: "rate", type: "range", min: 0, max: 1, step: 0.01 });
rate.value = given.rate;
rate.addEventListener("input", showWorld);
slider.append(rate);
part("table", "odds");
$("stage").after(panel);
document.documentElement.classList.add("breakable");

const hasOdds = Object.keys(given.odds).length > 0;
slider.hidden = $("odds").hidden = !hasOdds;
$("least").hidden = !given.least;

const power = (base, times) => (times ? base + (times > 1 ? superscript(times) : "") : "");
const superscript = (count) => [...`${count}`].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("");
const exact = (value) => number(Number(value.toPrecision(12)));

const READABLE = 24; // terms

function polynomialName(coefficients) {
  const terms = coefficients.flatMap((coefficient, place) => {
    if (!coefficient) return [];
    const size = Math.abs(coefficient);
    return [[coefficient < 0 ? "−" : "+", (place && size === 1 ? "" : size) + power("p", place)]];
  });
  if (!terms.length) return "0";
  if (terms.length > READABLE) return "";
  const [[sign, first], ...others] = terms;
  return [(sign === "+" ? "" : sign) + first, ...others.map((term) => term.join(" "))].join(" ");
}
function weigh(lost, kept, p) {
  return p ** lost * (1 - p) ** kept;
}
// The probability of an event of at least one message.
function probabilityOf(event, p) {
  const sum = (total, [count, lost, kept]) => total + count * weigh(lost, kept, p);
  const ofOne = Math.min(given.odds[event].terms.reduce(sum, 0), 1);
  return several ? -Math.expm1(given.starts.length * Math.log1p(-ofOne)) : ofOne;
}

function promiseName(worlds) {
  if (given.status === "no promise") return say("status_no promise");
  const broken = worlds.find(({ said }) => said);
  if (broken) {
    const known = Object.hasOwn(words[language], broken.said);
    return say("status_violated", known ? say(broken.said) : broken.said);
  }
  return say(worlds.every(({ isDecided }) => isDecided) ? "status_held" : "status_undecided");
}
function chanceName(worlds, p) {
  if (!hasOdds) return say("no_chance");
  const lost = worlds.reduce((sum, world) => sum + world.lost, 0);
  const kept = worlds.reduce((sum, world) => sum + world.kept, 0);
  const name = [power("p", lost), power("(1 − p)", kept)].filter(Boolean).join(" ") || "1";
  return say("chance", `${name} = ${exact(weigh(lost, kept, p))}`);
}
function deedName(deed) {
  const [first, ...others] = deed.split(" ").map((each) => say("do_" + each));
  const lower = (text) => text[0].toLowerCase() + text.slice(1);
  return [first, ...others.map(lower)].join(", ");
}

// All but what is on its way.
function showWorld() {
  const worlds = worldsOf();
  const p = Number(rate.value);
  const isBroken = worlds.some(({ said }) => said);
  const promise = promiseName(worlds);
  if ($("promise").textContent !== promise) $("promise").textContent = promise; // read aloud once
  $("promise").className = given.status === "no promise" ? "" : isBroken ? "broken" : "kept";
  $("chance").textContent = chanceName(worlds, p);
  $("undo").disabled = !past.length;
  const done = deeds.map(({ deed, copy }) => {
    return make("li", fill(say("done"), { deed: deedName(deed), name: nameOf(copy.subject) }));
  });
  $("deeds").replaceChildren(...(done.length ? done : [make("li", say("nothing_done"))]));
  $("rate-word").textContent = say("rate", number(p));
  const odds = Object.entries(given.odds).map(([event, { polynomial }]) => {
    const isHere = worlds.some(({ events }) => events.includes(event));
    const row = make("tr", "", { className: isHere ? "here" : "" });
    const text = say("odds_" + event);
    const value = make("td", exact(probabilityOf(event, p)));
    value.dataset.event = event;
    const name = make("th", isHere ? "✓ " + text : text, { scope: "row" });
    name.append(make("small", polynomialName(polynomial)));
    row.append(name, value);
    return row;
  });
  const head = make("tr", "");
  head.append(...["event", "probability"].map((each) => make("th", say("head_" + each))));
  $("odds").replaceChildren(head, ...odds);
}

let shownCopies = ""; // which copies are listed as on their way

function showOnTheWay() {
  const copies = inFlight(now).filter((j) => offers.has(j) && isOnItsWay(j));
  const wanted = JSON.stringify([language, copies.map((j) => [j.tree, journeys.indexOf(j)])]);
  if (wanted === shownCopies) return;
  shownCopies = wanted;
  const items = copies.map((j) => {
    const item = make("li", nameOf(j.subject) + " ");
    for (const offer of offers.get(j)) {
      const button = make("button", deedName(offer.deed), { type: "button" });
      button.ariaLabel = fill(say("done"), { deed: deedName(offer.deed), name: nameOf(j.subject) });
      button.addEventListener("click", () => act(offer, j));
      item.append(button);
    }
    return item;
  });
  const isIn = $("way").contains(document.activeElement);
  $("way").replaceChildren(...(items.length ? items : [make("li", say("nothing_on_the_way"))]));
  if (isIn) $("way").focus({ preventScroll: true }); // Tab goes on from here
}

Object.assign(extra, {
  show: showOnTheWay,
  speak() {
    $("world-word").textContent = say("world_count");
    $("way-word").textContent = say("on_the_way");
    $("deeds-word").textContent = say("deeds");
    $("undo").textContent = say("undo");
    $("least").textContent = say("least");
    showWorld();
  },
  obey(asked) {
    const named = asked.get("world")?.split(".").map(trimmed);
    const isThere = named?.length === paths.length && named.every((path) => recorded.has(path));
    const there = isThere ? named : given.broken && given.least ? given.least : calm;
    if (nameOfWorld(there) === nameOfWorld(paths)) return;
    remember();
    visit({ paths: there, fallen });
    go(Math.min(now, end));
  },
  touch(j) {
    const offer = j && isOnItsWay(j) && offers.get(j)?.find(({ isCrash }) => !isCrash);
    if (offer) act(offer, j);
    return Boolean(offer);
  },
});
DOES.u = undo;
HELP.splice(5, 0, ["key_undo", "U"], ["key_break", "a_click"]);
visit({ paths, fallen });
go(now);
obey();
