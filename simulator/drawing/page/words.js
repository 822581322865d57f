// Words: what the page says, in the language that it speaks now.

let language = given.language;

function say(name, about = "") {
  return words[language][name].replace("{}", () => about);
}
function fill(phrase, forms) {
  return phrase.replace(/\{(\w+)\}/g, (_, form) => forms[form]).trimEnd();
}

// The forms of a subject's name, as `Words.forms` in simulator/drawing/words.py makes them.
const FORMS = ["name", "the", "of"];
function form(which, kind, { data, label, isCorrelated }) {
  const plain = words[language][which][kind];
  if (plain.includes("{of}")) {
    return fill(plain, { of: form("of", data, { data, label, isCorrelated }) });
  }
  if (!label) return plain;
  if (isCorrelated) return plain + say("correlated", label);
  if (which === "name") return `${plain} ${label}`;
  return words[language][`${which} labelled`][kind].replace("{}", () => label);
}
function formsOf(subject) {
  const { kind, data, label, attempt, copy, delivery } = subject;
  const again = attempt > 1 ? say("attempt", attempt) : "";
  const tail = again + (delivery > 1 ? say("delivery", delivery) : "") + (copy ? say("copied") : "");
  const forms = FORMS.map((each) => [each, form(each, kind, subject) + tail]);
  const known = { ...Object.fromEntries(forms), data: form("name", data, subject) + tail };
  return { ...known, which: label || tail ? known.name : "" };
}
function nameOf(subject) {
  return formsOf(subject).name;
}
function kindName(kind) {
  return fill(words[language].name[kind], { of: "" });
}

// An event in words, as `Words.say` puts it.
function sayEvent({ event, subject, link }) {
  if (!subject) return say(event, link >= 0 ? linkName(link) : "");
  const { kind, delivery } = subject;
  const ways = delivery ? [`${event} ${kind} delivery`] : [];
  const way = [...ways, `${event} ${kind}`, event].find((each) => each in words[language]);
  return fill(words[language][way], formsOf(subject));
}
function number(value) {
  return String(value).replace(".", say("decimal"));
}
function seconds(ns) {
  return number((ns / 1e9).toFixed(given.decimals));
}
function nodeName(node) {
  const name = nodes[node];
  return ["sender", "receiver", "broker"].includes(name) ? say(name) : name;
}
function linkName(link) {
  return links[link].map(nodeName).join("→");
}
function valueName(column, value) {
  if (value === null) return "–";
  if (column === "belief") return say("belief_" + value);
  return column.endsWith("_s") ? `${seconds(value)} s` : number(value);
}
// What tells several runs apart.
function letterOf(run, after = "") {
  return runs.length > 1 ? "ABCDEFGH"[run] + after : "";
}
function tell(row) {
  const where = row.node >= 0 ? nodeName(row.node) : linkName(row.link);
  const when = row.event === "lost" ? "…" : `${seconds(row.ns)} s`; // nobody knows when
  return `${when} · ${letterOf(runOfRow(row), " ")}${where} · ${sayEvent(row)}`;
}
